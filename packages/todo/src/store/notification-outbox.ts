import { FIXED_LIMITS } from "../limits.ts";
import { type Author, type ChangeType, changeJson, type Todo } from "../todo.ts";
import { crc32 } from "./crc32.ts";
import { type Database, guarded, type Sql } from "./database.ts";
import { Unavailable } from "./unavailable.ts";

/** A notification that the server has not acknowledged yet. */
export interface PendingNotification {
  readonly position: number;
  /** The message's id, by which the room recognises a retry. */
  readonly id: string;
  readonly list: string;
  readonly type: string;
  /** JSON text. */
  readonly data: string;
  /** Whether its record does not match its checksum (SPEC TODO-13). */
  readonly isDamaged: boolean;
}

type NotificationRow = Pick<PendingNotification, "id" | "list" | "type" | "data"> & {
  readonly position: number | string;
  /** Null from an earlier version. */
  readonly checksum: string | null;
};

/**
 * Any number that is the same in every process. PostgreSQL lets one session per database hold it, and releases it when
 * that session ends.
 */
const RELAY_LOCK = 7_206_002;

/**
 * The transactional outbox: the notifications that are still to be published, in order. One process at a time may read
 * them; with PostgreSQL, where several may share the database, it is the one whose session holds a lock. Two readers
 * would publish notifications twice.
 */
export class NotificationOutbox {
  #session: Awaited<ReturnType<Database["reserve"]>> | undefined;

  constructor(private readonly database: Database) {}

  /** The oldest ones; undefined while another process reads the outbox. @throws {Unavailable} */
  read(limit: number): Promise<PendingNotification[] | undefined> {
    return this.#with("read", async (sql) => {
      const rows = await sql<NotificationRow[]>`select * from todo_outbox order by position limit ${limit}`;
      return rows.map(pendingOf);
    });
  }

  /** Removes what the server has kept. @throws {Unavailable} */
  async remove(published: readonly PendingNotification[]): Promise<void> {
    if (published.length === 0) return;
    const positions = published.map(({ position }) => position);
    await this.#with("write", (sql) => sql`delete from todo_outbox where position in ${sql(positions)}`);
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }

  async #with<T>(mode: "read" | "write", work: (sql: Sql) => Promise<T>): Promise<T | undefined> {
    if (this.database.kind === "sqlite") return this.database[mode](work);
    try {
      const session = this.#session ?? (await this.#open());
      return session && (await guarded(() => work(session)));
    } catch (error) {
      // After any error the session, and the lock with it, may be gone.
      await this.close().catch(() => {});
      throw error;
    }
  }

  async #open() {
    const session = await this.database.reserve();
    this.#session = session;
    const [row] = await guarded(
      () => session<{ held: boolean }[]>`select pg_try_advisory_lock(${RELAY_LOCK}) as held`,
    );
    if (row?.held === true) return session;
    this.#session = undefined;
    await session.release();
    return undefined;
  }
}

function pendingOf({ position, checksum, ...row }: NotificationRow): PendingNotification {
  const isDamaged = checksum !== null && checksum !== checksumOf(row);
  return { ...row, position: Number(position), isDamaged };
}

function checksumOf({ id, list, type, data }: Omit<NotificationRow, "position" | "checksum">): string {
  return crc32(JSON.stringify([id, list, type, data]));
}

/** Adds the notification of a change, within the change's transaction. @throws {Unavailable} where too many wait */
export async function notify(sql: Sql, type: ChangeType, todo: Todo, author: Author): Promise<Todo> {
  // The difference of their numbers costs the same however many there are; a count would not.
  const [row] = await sql<{ waiting: number | string | null }[]>`
    select (select max(position) from todo_outbox) - (select min(position) from todo_outbox) + 1 as waiting`;
  if (Number(row?.waiting ?? 0) >= FIXED_LIMITS.waitingNotifications) {
    throw new Unavailable(
      `${FIXED_LIMITS.waitingNotifications} changes have not been published to their rooms yet`,
    );
  }
  const { list } = todo;
  const [id, data] = [`todo:${crypto.randomUUID()}`, changeJson(todo, author)];
  const checksum = checksumOf({ id, list, type, data });
  await sql`
    insert into todo_outbox (id, list, type, data, checksum)
    values (${id}, ${list}, ${type}, ${data}, ${checksum})`;
  return todo;
}
