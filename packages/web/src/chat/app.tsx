import { startPage } from "../design/index.ts";
import { Account } from "./account.ts";
import { Chat } from "./chat.tsx";
import { RoomBook } from "./room-book.ts";

startPage(<Chat account={new Account()} book={new RoomBook()} />);
