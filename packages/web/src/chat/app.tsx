import { startPage } from "../design/index.ts";
import { Identity } from "../identity/identity.ts";
import { Account } from "./account.ts";
import { Chat } from "./chat.tsx";
import { RoomRegistry } from "./room-registry.ts";

startPage(<Chat account={new Account(new Identity())} registry={new RoomRegistry()} />);
