import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { usePageVisibility } from "../state/page-visibility.ts";
import { useStore } from "../state/store.ts";
import { IconButton } from "./button.tsx";
import { dismiss, type Toast, toasts } from "./toasts.ts";

/** Ms that a toast stays unless it has a timeout. */
const DEFAULT_TIMEOUT = 5_000;

/**
 * The toasts of `notify`, newest at the bottom. They stay while the pointer or the focus is on them, or the page is hidden
 * (WCAG 2.2.1). F6 focuses them.
 */
export function ToastLayer() {
  const shown = useStore(toasts);
  const region = useRef<HTMLElement>(null);
  /** The element that had the focus before F6. */
  const origin = useRef<Element>(null);
  const [isPointed, setPointed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "F6" || toasts.value.length === 0) return;
      event.preventDefault();
      if (region.current?.contains(document.activeElement) === true) return;
      origin.current = document.activeElement;
      region.current?.focus();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a toast that goes takes pointer and focus along without an event.
  useEffect(() => {
    setPointed(region.current?.matches(":hover") === true);
    if (!isFocused || region.current?.contains(document.activeElement) === true) return;
    setFocused(false);
    if (document.activeElement === document.body && origin.current instanceof HTMLElement)
      origin.current.focus();
  }, [shown]);
  return createPortal(
    <section
      ref={region}
      tabIndex={-1}
      aria-label="Notifications (F6)"
      aria-live="polite"
      aria-relevant="additions text"
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={({ relatedTarget }) => setFocused(region.current?.contains(relatedTarget) === true)}
      className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col gap-2 rounded-lg sm:left-auto sm:w-84"
    >
      {shown.map((toast) => (
        <ToastView key={toast.key} toast={toast} isPaused={isPointed || isFocused} />
      ))}
    </section>,
    document.body,
  );
}

function ToastView({ toast, isPaused }: { readonly toast: Toast; readonly isPaused: boolean }) {
  const { title, description, timeout = DEFAULT_TIMEOUT, action } = toast;
  const isSeen = usePageVisibility();
  useEffect(() => {
    if (isPaused || !isSeen || timeout === 0) return;
    const timer = setTimeout(() => dismiss(toast), timeout);
    return () => clearTimeout(timer);
  }, [toast, timeout, isPaused, isSeen]);
  return (
    <div className="pointer-events-auto flex items-start gap-2 rounded-lg border border-line bg-surface p-3 pl-4 shadow-popup transition-[opacity,translate] duration-200 starting:translate-y-3 starting:opacity-0">
      <div className="min-w-0 flex-1 py-0.5">
        <p className="font-medium break-words">{title}</p>
        {description !== undefined && <p className="text-sm break-words text-muted">{description}</p>}
      </div>
      {action && (
        <button
          type="button"
          onClick={() => {
            dismiss(toast);
            action.onSelect();
          }}
          className="h-7 shrink-0 rounded-md px-2 text-sm font-medium text-accent-ink hover:bg-hover"
        >
          {action.label}
        </button>
      )}
      <IconButton icon={X} label="Dismiss" size="sm" onClick={() => dismiss(toast)} />
    </div>
  );
}
