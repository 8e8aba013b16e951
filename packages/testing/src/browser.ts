import { type BrowserContextOptions, chromium, type Page, type Browser as Process } from "playwright-core";
import { findChromium } from "./chromium.ts";
import { lookOften } from "./eager-locators.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Milliseconds that a page may take for what a test waits for: machines are slow when much runs at once. */
const PATIENCE = 20_000;

export interface PageOptions {
  readonly dark?: boolean;
  /** 360 × 740, touch. */
  readonly phone?: boolean;
  /** What the console may say as an error; nothing unless given. */
  readonly expected?: RegExp;
}

/**
 * A headless Chromium of its own (it starts in 0.2 s, so each test can have one). An exception in a page, or an error
 * on its console, fails the test when the browser goes.
 */
export class Browser {
  readonly #process: Process;
  readonly #troubles: string[] = [];
  #isClosed = false;
  #isAskedLater = false;

  constructor(process: Process) {
    this.#process = process;
  }

  /** A page in a profile of its own; `page.context().newPage()` is another tab of that profile. */
  async page({ dark = false, phone = false, expected }: PageOptions = {}): Promise<Page> {
    const options: BrowserContextOptions = {
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
      viewport: phone ? { width: 360, height: 740 } : { width: 1280, height: 800 },
      hasTouch: phone,
    };
    const profile = await this.#process.newContext(options);
    profile.setDefaultTimeout(PATIENCE);
    profile.on("weberror", (trouble) => {
      const error: unknown = trouble.error();
      // What is thrown may be no error, or have an empty stack.
      this.#report((error instanceof Error && error.stack) || `${error}` || "an error without a message");
    });
    profile.on("console", (line) => {
      if (line.type() === "error" && expected?.test(line.text()) !== true) this.#report(line.text());
    });
    const page = await profile.newPage();
    lookOften(page, PATIENCE);
    return page;
  }

  /** What went wrong in its pages; it is not told again. */
  takeTroubles(): readonly string[] {
    return this.#troubles.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.close();
    this.#isClosed = true;
    if (!this.#isAskedLater) this.#complain();
  }

  /** @returns asks at the end of a test, where what is thrown does not hide the test's own error as in `using`. */
  askLater(): () => void {
    this.#isAskedLater = true;
    return () => {
      this.#isAskedLater = false;
      if (this.#isClosed) this.#complain();
    };
  }

  #complain(): void {
    const troubles = this.takeTroubles();
    if (troubles.length > 0) throw new Error(`a page was in trouble:\n${troubles.join("\n")}`);
  }

  /** At once as well, as a test may now wait in vain. */
  #report(trouble: string): void {
    console.error(`browser: ${trouble}`);
    this.#troubles.push(trouble);
  }
}

export async function openBrowser(): Promise<Browser> {
  const browser = new Browser(await launch().catch(launch));
  if (process.env.NODE_ENV === "test") {
    const { onTestFinished } = await import("bun:test");
    onTestFinished(browser.askLater());
  }
  return browser;
}

/** Of many launches, one died with SIGSEGV: what fails is tried once more. */
async function launch(): Promise<Process> {
  const { executable, env } = await findChromium();
  return chromium.launch({
    executablePath: executable,
    args: FLAGS,
    env: { ...process.env, ...env },
    timeout: PATIENCE,
    // The test runner decides what a signal means; when it goes, the browser's pipe ends, and the browser with it.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
