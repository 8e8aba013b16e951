import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { writePackage } from "../../../../scripts/sdk/package.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

const STRICT = {
  target: "es2022",
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
};

/** For programs of Node: no DOM. */
export const NODE = { lib: ["es2022"], types: ["node"] };

/** A project outside of this repository that has the packed SDK installed, as npm does it, without a network. */
export class Consumer implements Disposable {
  readonly #scratch = scratchDirectory();
  readonly path = join(this.#scratch.path, "project");

  static async create(): Promise<Consumer> {
    const consumer = new Consumer();
    try {
      await consumer.#install();
      return consumer;
    } catch (error) {
      consumer[Symbol.dispose]();
      throw error;
    }
  }

  /** What the tarball holds, as paths in the package. */
  readonly files: string[] = [];
  #tarball = "";
  /** The packed SDK. */
  get tarball(): string {
    return this.#tarball;
  }

  async #install(): Promise<void> {
    const home = this.#scratch.path;
    const built = join(home, "dist");
    await writePackage(built);
    const env = {
      HOME: home,
      npm_config_cache: join(home, "cache"),
      npm_config_userconfig: join(home, "npmrc"),
    };
    const packed = await run(["npm", "pack", built, "--json", "--pack-destination", home], {
      cwd: home,
      env,
    });
    const [tarball] = [packed].flatMap((text) => Object.values<Tarball>(JSON.parse(text)));
    if (tarball === undefined) throw new Error(`npm pack made nothing: ${packed}`);
    this.#tarball = join(home, tarball.filename);
    this.files.push(...tarball.files.map(({ path }) => path).sort());
    this.write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
    await run(["npm", "install", "--offline", "--no-audit", "--no-fund", `../${tarball.filename}`], {
      cwd: this.path,
      env,
    });
  }

  /** Packages of this repository's own installation, as if they had been installed here, too. */
  link(...packages: string[]): void {
    for (const name of packages) {
      const place = join(this.path, "node_modules", name);
      if (existsSync(place)) continue;
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(join(ROOT, "node_modules", name), place);
    }
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text);
  }

  /**
   * @param compiler a package that has `tsc`; this repository's own by default
   * @returns what the type checker complains of; empty if nothing
   */
  async complaints(files: readonly string[], options: object, compiler = "typescript"): Promise<string> {
    return this.#compile(files, { ...STRICT, noEmit: true, ...options }, compiler);
  }

  /** Makes JavaScript beside its source. @throws if it does not type-check. */
  async compile(file: string, options: object): Promise<void> {
    const complaints = await this.#compile([file], { ...STRICT, ...options });
    if (complaints !== "") throw new Error(complaints);
  }

  async #compile(
    files: readonly string[],
    compilerOptions: object,
    compiler = "typescript",
  ): Promise<string> {
    this.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
    const tsc = join(ROOT, "node_modules", compiler, "bin/tsc");
    return run([process.execPath, tsc, "-p", "tsconfig.json"], { cwd: this.path, mayFail: true });
  }

  [Symbol.dispose](): void {
    this.#scratch[Symbol.dispose]();
  }
}

interface Tarball {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

interface Circumstances {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly mayFail?: boolean;
}

/** @returns what the command wrote on standard output. */
export async function run(cmd: string[], { cwd, env, mayFail = false }: Circumstances): Promise<string> {
  const child = Bun.spawn({ cmd, cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const [output, complaints, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0 && !mayFail) throw new Error(`${cmd.join(" ")} ended with ${code}:\n${output}${complaints}`);
  return output;
}
