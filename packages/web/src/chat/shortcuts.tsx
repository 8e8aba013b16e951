import { Dialog, Kbd } from "../design/index.ts";

const IS_MAC = /Mac|iPhone|iPad/u.test(navigator.platform);
const MOD = IS_MAC ? "⌘" : "Ctrl";

const SHORTCUTS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["Enter"], "Send"],
  [["Shift", "Enter"], "New line"],
  [[":"], "Emoji by name"],
  [["↑"], "Last message (when the box is empty)"],
  [["↑", "↓"], "Previous or next message"],
  [["Esc"], "Mark as read and jump to newest"],
  [[MOD, "K"], "Go to a room"],
  [["Alt", "↑"], "Previous room (↓: next room)"],
  [["?"], "This list"],
];

export function ShortcutsDialog({
  open,
  onOpenChange,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <dl className="flex flex-col">
        {SHORTCUTS.map(([keys, what]) => (
          <div
            key={what}
            className="flex items-center justify-between gap-4 border-line border-b py-2 last:border-0"
          >
            <dt className="min-w-0">{what}</dt>
            <dd className="flex shrink-0 gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
