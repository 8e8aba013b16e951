import { startPage } from "../design/index.ts";
import { Identity } from "../identity/identity.ts";
import { Account } from "./account.ts";
import { Chat } from "./chat.tsx";
import { RoomBook } from "./room-book.ts";

startPage(<Chat account={new Account(new Identity())} book={new RoomBook()} />);
