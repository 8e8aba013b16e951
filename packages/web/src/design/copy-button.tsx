import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./button.tsx";
import { notify } from "./toasts.ts";

export interface CopyButtonProps {
  readonly text: string | (() => string);
  /** The words on the button: `Copy link`. */
  readonly children: string;
}

/** Copies text to the clipboard, and shows "Copied" until it loses the focus. */
export function CopyButton({ text, children }: CopyButtonProps) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setDone(true);
    } catch {
      notify({ title: "Not copied", description: "The browser didn't allow it." });
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
