import { type BrowserContextOptions, chromium, type Page, type Browser as Process } from "playwright-core";
import { findChromium } from "./chromium.ts";
import { pollLocatorsFast } from "./locator-polling.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Milliseconds that a test waits for something on a page: a machine is slow when much runs at once. */
const PATIENCE = 20_000;

export interface PageOptions {
  readonly dark?: boolean;
  /** 360 × 740, touch. */
  readonly phone?: boolean;
  /** Errors on the console that the test expects; none unless given. */
  readonly expected?: RegExp;
}

/**
 * A headless Chromium (it starts in 0.2 s, so each test can have its own). An exception in a page, or an error on its
 * console, fails the test when the browser closes.
 */
export class Browser {
  readonly #process: Process;
  readonly #errors: string[] = [];
  #isClosed = false;
  #failsLater = false;

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
    profile.on("weberror", (thrown) => {
      const error: unknown = thrown.error();
      // A page can throw what is no error, or an error without a stack.
      this.#report((error instanceof Error && error.stack) || `${error}` || "an error without a message");
    });
    profile.on("console", (line) => {
      if (line.type() === "error" && expected?.test(line.text()) !== true) this.#report(line.text());
    });
    const page = await profile.newPage();
    pollLocatorsFast(page, PATIENCE);
    return page;
  }

  /** The errors of its pages so far, which then no longer fail the test. */
  takeErrors(): readonly string[] {
    return this.#errors.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.close();
    this.#isClosed = true;
    if (!this.#failsLater) this.#fail();
  }

  /** @returns a function that throws for the errors; called once the test has ended, it does not hide the test's own error. */
  failLater(): () => void {
    this.#failsLater = true;
    return () => {
      this.#failsLater = false;
      if (this.#isClosed) this.#fail();
    };
  }

  #fail(): void {
    const errors = this.takeErrors();
    if (errors.length > 0) throw new Error(`a page was in trouble:\n${errors.join("\n")}`);
  }

  /** Prints it at once as well, since the test may now wait in vain. */
  #report(error: string): void {
    console.error(`browser: ${error}`);
    this.#errors.push(error);
  }
}

export async function openBrowser(): Promise<Browser> {
  const browser = new Browser(await launch().catch(launch));
  if (process.env.NODE_ENV === "test") {
    const { onTestFinished } = await import("bun:test");
    onTestFinished(browser.failLater());
  }
  return browser;
}

/** One of many launches died with SIGSEGV, so a failed launch is repeated once. */
async function launch(): Promise<Process> {
  const { executable, env } = await findChromium();
  return chromium.launch({
    executablePath: executable,
    args: FLAGS,
    env: { ...process.env, ...env },
    timeout: PATIENCE,
    // The test runner handles signals. When it exits, its pipe to the browser closes, and the browser exits.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
