import { startPage } from "../design/index.ts";
import { Board } from "./board.tsx";
import { BoardConnection } from "./board-connection.ts";

const address = new URL("/ws", location.href);
address.protocol = address.protocol.replace("http", "ws");
const board = new BoardConnection(address.href);
board.start();
startPage(<Board board={board} />);
