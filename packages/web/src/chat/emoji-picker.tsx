import { lazy } from "react";

/** Fetched when it is first opened. */
export const EmojiPicker = lazy(async () => ({
  default: (await import("./emoji-picker-popup.tsx")).EmojiPickerPopup,
}));
