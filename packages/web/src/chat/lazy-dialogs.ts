import { lazyDialog } from "../design/index.ts";
import type { RoomSwitcherProps } from "./room-switcher.tsx";

// Their code is fetched when the page is idle, or when one is first opened.
export const RoomSwitcher = lazyDialog<RoomSwitcherProps>(
  async () => (await import("./room-switcher.tsx")).RoomSwitcherDialog,
);

export const Shortcuts = lazyDialog<{
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}>(async () => (await import("./shortcuts.tsx")).ShortcutsDialog);
