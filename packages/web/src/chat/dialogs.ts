import { whenOpen } from "../design/index.ts";
import type { RoomSwitcherProps } from "./room-switcher.tsx";

/** What is fetched when it is first opened, or when the page has nothing else to do. */
export const RoomSwitcher = whenOpen<RoomSwitcherProps>(
  async () => (await import("./room-switcher.tsx")).RoomSwitcherDialog,
);

export const Shortcuts = whenOpen<{ readonly open: boolean; readonly onOpenChange: (open: boolean) => void }>(
  async () => (await import("./shortcuts.tsx")).ShortcutsDialog,
);
