import { CopyButton } from "../design/index.ts";

/** Code as it was written. Shadows at its edges show where it goes on. */
export function CodeBlock({ text, language }: { readonly text: string; readonly language: string }) {
  return (
    <div dir="ltr" className="overflow-hidden rounded-md border border-line bg-sunken">
      <div className="flex items-center justify-between gap-2 ps-3">
        <span className="truncate text-xs text-muted">{language}</span>
        <CopyButton text={text}>Copy code</CopyButton>
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard.
        tabIndex={0}
        className="scroll-shadows max-h-96 overflow-auto px-3 py-2 font-mono text-sm [tab-size:4] focus-visible:-outline-offset-2"
      >
        <code>{text}</code>
      </pre>
    </div>
  );
}
