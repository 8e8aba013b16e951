export { FanfareProvider, useFanfare } from "./provider.ts";
export type { TimelineItem, TimelineState } from "./timeline.ts";
export { type RoomMessages, useMessages } from "./use-messages.ts";
export { usePresence, useTyping } from "./use-presence.ts";
export { useRoom } from "./use-room.ts";
export { useConnection, useOutbox, useValue } from "./use-value.ts";
