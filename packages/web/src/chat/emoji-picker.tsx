import { lazy } from "react";
import { later } from "../design/later.ts";

const load = later(async () => (await import("./emoji-picker-popup.tsx")).EmojiPickerPopup);

export const EmojiPicker = lazy(async () => ({ default: await load() }));
