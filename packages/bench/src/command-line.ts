import { parseArgs } from "node:util";
import { DEFAULT_ENGINE, ENGINE_NAMES, type EngineName } from "@fanfare/server";
import { FANFARE_PROGRAM } from "@fanfare/testing/server-process";

export const HELP = `The load generator of Fanfare. It starts its own servers on 127.0.0.1 and ends them.

usage: npm run bench -- quick [flags]
       npm run bench -- saturation [flags]
       npm run bench -- web [flags]

  quick                every figure in a minute and a half
    --only LIST        some of durable,native,chat,idle
    --json FILE        writes the figures there, too
  saturation           publishers flat out into one full room; passes or fails
    --seconds N        how long, 4 to 600                      (30)
  web                  the chat page in headless Chromium: time until one can use it, scrolling, memory
    --messages N       in the room, 1000 to 100000             (100000)

  --engine E           ${ENGINE_NAMES.join(" or ").padEnd(40)}(${DEFAULT_ENGINE})
  --server FILE        another program that has \`serve\`        (this checkout's)
  --help`;

/** A mistake in the command line: one sentence. */
export class UsageError extends Error {}

export const LOAD_NAMES = ["durable", "native", "chat", "idle"] as const;
export type LoadName = (typeof LOAD_NAMES)[number];

interface ServerChoice {
  readonly engine: EngineName;
  /** The program to run. */
  readonly server: string;
}

export interface QuickCommand extends ServerChoice {
  readonly command: "quick";
  readonly only: readonly LoadName[];
  readonly json?: string;
}

export interface SaturationCommand extends ServerChoice {
  readonly command: "saturation";
  readonly seconds: number;
}

export interface WebCommand extends ServerChoice {
  readonly command: "web";
  readonly messages: number;
}

export type Command = QuickCommand | SaturationCommand | WebCommand | { readonly command: "help" };

/** @throws UsageError that says what would do */
export function parseCommandLine(args: readonly string[]): Command {
  const [command, ...rest] = args;
  if (command === undefined || command === "help" || args.includes("--help") || args.includes("-h")) {
    return { command: "help" };
  }
  switch (command) {
    case "quick": {
      const { only, json, ...choice } = parseFlags(rest, {
        only: { type: "string" },
        json: { type: "string" },
      });
      return { command, only: parseOnly(only), ...(json !== undefined && { json }), ...parseChoice(choice) };
    }
    case "saturation": {
      const { seconds, ...choice } = parseFlags(rest, { seconds: { type: "string" } });
      return { command, seconds: parseSeconds(seconds ?? "30"), ...parseChoice(choice) };
    }
    case "web": {
      const { messages, ...choice } = parseFlags(rest, { messages: { type: "string" } });
      return { command, messages: parseMessages(messages ?? "100000"), ...parseChoice(choice) };
    }
    default:
      throw new UsageError(
        `there is no command ${JSON.stringify(command)}; there are quick, saturation and web`,
      );
  }
}

type Flags = Readonly<Record<string, { readonly type: "string" }>>;

function parseFlags(args: string[], flags: Flags): Record<string, string | undefined> {
  try {
    const options = { ...flags, engine: { type: "string" }, server: { type: "string" } } satisfies Flags;
    return parseArgs({ args, options, allowPositionals: false }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message.split(". ")[0]}; --help lists the flags`);
  }
}

function parseChoice({
  engine: name = DEFAULT_ENGINE,
  server = FANFARE_PROGRAM,
}: Record<string, string | undefined>): ServerChoice {
  const engine = ENGINE_NAMES.find((known) => known === name);
  if (engine === undefined) {
    throw new UsageError(`--engine is ${JSON.stringify(name)}; it takes ${ENGINE_NAMES.join(" or ")}`);
  }
  return { engine, server };
}

function parseOnly(text: string | undefined): readonly LoadName[] {
  if (text === undefined) return LOAD_NAMES;
  const names = text.split(",");
  const strange = names.find((name) => !LOAD_NAMES.some((known) => known === name));
  if (strange === undefined) return LOAD_NAMES.filter((name) => names.includes(name));
  throw new UsageError(`--only has ${JSON.stringify(strange)}; it takes some of ${LOAD_NAMES.join(",")}`);
}

function parseSeconds(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 4 && seconds <= 600) return seconds;
  throw new UsageError(`--seconds is ${JSON.stringify(text)}; it takes a whole number from 4 to 600`);
}

function parseMessages(text: string): number {
  const messages = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (messages >= 1_000 && messages <= 100_000) return messages;
  throw new UsageError(`--messages is ${JSON.stringify(text)}; it takes a whole number from 1000 to 100000`);
}
