import { FIXED_LIMITS } from "../limits.ts";
import { type Author, type ChangeType, changeJson, type Todo } from "../todo.ts";
import { type Database, guarded, type Sql } from "./database.ts";
import { Unavailable } from "./unavailable.ts";

/** A notification that is not known to be kept yet. */
export interface Entry {
  readonly position: number;
  /** The message's id: by it, a retry is recognised. */
  readonly id: string;
  readonly list: string;
  readonly type: string;
  /** JSON text. */
  readonly data: string;
}

type EntryRow = Omit<Entry, "position"> & { readonly position: number | string };

/**
 * Any number, as long as it is the same everywhere: PostgreSQL lets one session hold it per database, and frees it when
 * that session ends, however it does.
 */
const RELAY_LOCK = 7_206_002;

/**
 * The notifications that are still to be told, in order. One process at a time may read them: with PostgreSQL, where
 * several may share the database, the one whose session holds a lock. A second that read them later than the first
 * had told and removed them would tell them twice.
 */
export class Outbox {
  #session: Awaited<ReturnType<Database["reserve"]>> | undefined;

  constructor(private readonly database: Database) {}

  /** The oldest so many; undefined while another process has the outbox. @throws {Unavailable} */
  read(limit: number): Promise<Entry[] | undefined> {
    return this.#with("read", async (sql) => {
      const rows = await sql<EntryRow[]>`select * from todo_outbox order by position limit ${limit}`;
      return rows.map((row) => ({ ...row, position: Number(row.position) }));
    });
  }

  /** They are told. @throws {Unavailable} */
  async remove(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const positions = entries.map(({ position }) => position);
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
      // Whatever went wrong, the lock may be gone with the session.
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

/** Puts the notification of a change in, within the transaction of the change. @throws {Unavailable} where too many wait */
export async function notify(sql: Sql, type: ChangeType, todo: Todo, author: Author): Promise<Todo> {
  // By their numbers, which is as good, and costs the same however many there are.
  const [row] = await sql<{ untold: number | string | null }[]>`
    select (select max(position) from todo_outbox) - (select min(position) from todo_outbox) + 1 as untold`;
  if (Number(row?.untold ?? 0) >= FIXED_LIMITS.untold) {
    throw new Unavailable(`${FIXED_LIMITS.untold} changes have not been told to their rooms yet`);
  }
  await sql`
    insert into todo_outbox (id, list, type, data)
    values (${`todo:${crypto.randomUUID()}`}, ${todo.list}, ${type}, ${changeJson(todo, author)})`;
  return todo;
}
