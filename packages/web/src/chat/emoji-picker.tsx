import { lazy } from "react";
import { prefetch } from "../design/prefetch.ts";

const load = prefetch(async () => (await import("./emoji-picker-popup.tsx")).EmojiPickerPopup);

export const EmojiPicker = lazy(async () => ({ default: await load() }));
