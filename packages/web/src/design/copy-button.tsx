import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./button.tsx";
import { notify } from "./toasts.ts";

export interface CopyButtonProps {
  readonly text: string | (() => string);
  /** What is copied: `Copy link`. */
  readonly children: string;
}

/** Puts text on the clipboard, and says so until the focus leaves. */
export function CopyButton({ text, children }: CopyButtonProps) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setDone(true);
    } catch {
      notify({ title: "Not copied", description: "The browser did not allow it." });
    }
  };
  return (
    <Button
      size="sm"
      variant="quiet"
      icon={isDone ? Check : Copy}
      onClick={() => void copy()}
      onBlur={() => setDone(false)}
    >
      <span aria-live="polite">{isDone ? "Copied" : children}</span>
    </Button>
  );
}
