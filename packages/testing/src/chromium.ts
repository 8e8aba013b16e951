import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { devDependencies } from "../../../package.json";

const CACHE = fileURLToPath(new URL("../../../node_modules/.cache/fanfare/", import.meta.url));

/** Unpacks into `TMPDIR`; the variable of AWS makes it bring the libraries and fonts that a bare machine lacks. */
const UNPACK = `await (await import("@sparticuz/chromium")).default.executablePath()`;

export interface Chromium {
  readonly executable: string;
  /** Variables that its process needs. */
  readonly env: Readonly<Record<string, string>>;
}

/** The Chromium that npm brought, unpacked at the first use (2 s, 250 MB below `node_modules`). */
export async function findChromium(): Promise<Chromium> {
  const folder = join(CACHE, `chromium-${devDependencies["@sparticuz/chromium"]}`);
  if (!existsSync(folder)) await unpack(folder);
  return {
    executable: join(folder, "chromium"),
    env: { FONTCONFIG_FILE: join(folder, "fonts.conf"), LD_LIBRARY_PATH: join(folder, "al2023/lib") },
  };
}

/** Several processes may unpack at once, each into a folder of its own; the first that is done keeps its folder. */
async function unpack(folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const staging = mkdtempSync(`${folder}-`);
  try {
    const child = Bun.spawn({
      cmd: [process.execPath, "--no-install", "-e", UNPACK],
      cwd: import.meta.dir,
      env: { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
      stdio: ["ignore", "inherit", "inherit"],
    });
    if ((await child.exited) !== 0) throw new Error("Chromium could not be unpacked");
    writeFileSync(join(staging, "fonts.conf"), fontsOf(folder));
    renameSync(staging, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function fontsOf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}/fonts/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`;
}
