import { type ReactNode, useState } from "react";
import { CopyButton, Dialog, Segmented } from "../design/index.ts";
import { type Draft, errorsOf, readDraft } from "./draft.ts";
import {
  curlListen,
  curlPublish,
  firstTool,
  type Published,
  sdkListen,
  sdkPublish,
  type Tool,
  websocatListen,
  websocatPublish,
} from "./snippets.ts";

const TOOLS = [
  { value: "curl", label: "curl" },
  { value: "websocat", label: "websocat" },
  { value: "sdk", label: "SDK" },
] as const;

const NEEDS: Record<Tool, ReactNode> = {
  curl: "For a POSIX shell and curl with telnet support, which most builds have. This speaks WebSocket by hand: you see the raw frames, with a few bytes before each.",
  websocat: "For a POSIX shell and websocat 1.x.",
  sdk: "npm install @fanfare/client. For browsers, Node 22 or newer, Bun and Deno; for Node 20 pass in a WebSocket (npm install ws).",
};

const LISTEN: Record<Tool, typeof curlListen> = {
  curl: curlListen,
  websocat: websocatListen,
  sdk: sdkListen,
};
const PUBLISH: Record<Tool, typeof curlPublish> = {
  curl: curlPublish,
  websocat: websocatPublish,
  sdk: sdkPublish,
};

export interface CopyDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** The rooms and patterns of the log. */
  readonly names: readonly string[];
  readonly draft: Draft;
}

export function CopyDialog({ open, onOpenChange, names, draft }: CopyDialogProps) {
  const [tool, setTool] = useState<Tool>(() => firstTool(new URL(location.href)));
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Copy as code">
      <div className="flex">
        <Segmented label="Tool" value={tool} onValue={setTool} options={TOOLS} />
      </div>
      <p className="text-sm text-muted">{NEEDS[tool]}</p>
      <Snippet title="Listen" text={listenWith(tool, names)} />
      <Snippet title="Publish" text={publishWith(tool, draft)} />
    </Dialog>
  );
}

type Code = { readonly ok: true; readonly code: string } | { readonly ok: false; readonly reason: string };

const NO_TLS = "curl can't open a raw connection over TLS: use websocat or the SDK.";

function listenWith(tool: Tool, names: readonly string[]): Code {
  if (names.length === 0) return { ok: false, reason: "Listen to a room first." };
  const code = LISTEN[tool](new URL(location.href), names);
  return code === undefined ? { ok: false, reason: NO_TLS } : { ok: true, code };
}

function publishWith(tool: Tool, draft: Draft): Code {
  const published = readPublished(draft);
  if (published === undefined) return { ok: false, reason: "Fill in the form first: room, type and data." };
  const code = PUBLISH[tool](new URL(location.href), published);
  return code === undefined ? { ok: false, reason: NO_TLS } : { ok: true, code };
}

function readPublished(draft: Draft): Published | undefined {
  const reading = readDraft(draft);
  const { room, type } = errorsOf(draft);
  if (room !== undefined || type !== undefined || !reading.ok) return undefined;
  return { room: draft.room, type: draft.type, json: reading.json };
}

function Snippet({ title, text }: { readonly title: string; readonly text: Code }) {
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-1">
      <div className="flex h-7 items-center justify-between">
        <h3 className="font-medium">{title}</h3>
        {text.ok && <CopyButton text={text.code}>{`Copy ${title.toLowerCase()}`}</CopyButton>}
      </div>
      {text.ok ? (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so has to take the keyboard's focus.
          tabIndex={0}
          className="max-h-52 overflow-auto rounded-md border border-line bg-sunken p-2.5 font-mono text-xs whitespace-pre"
        >
          {text.code.slice(0, 20_000)}
        </pre>
      ) : (
        <p className="text-sm text-muted">{text.reason}</p>
      )}
    </section>
  );
}
