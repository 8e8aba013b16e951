/**
 * As much of IndexedDB as the outbox uses, for the projects that check the core without the types of the DOM: that
 * nothing else of a browser is in reach there is the point. `tsconfig.json` beside this file has the real ones.
 */

interface IDBRequest<T = unknown> {
  readonly result: T;
  readonly error: Error | null;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

interface IDBOpenDBRequest extends IDBRequest<IDBDatabase> {
  onblocked: (() => void) | null;
  onupgradeneeded: (() => void) | null;
}

type IDBQuery = IDBKeyRange | number | string | readonly (number | string)[];

interface IDBObjectStore {
  get<T>(query: IDBQuery): IDBRequest<T>;
  getAll<T>(query?: IDBQuery): IDBRequest<T>;
  getAllKeys<T>(query?: IDBQuery): IDBRequest<T>;
  put(value: unknown, key?: IDBQuery): IDBRequest;
  delete(query: IDBQuery): IDBRequest;
}

interface IDBTransaction {
  readonly error: Error | null;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
  onerror: (() => void) | null;
  objectStore(name: string): IDBObjectStore;
  commit(): void;
  abort(): void;
}

interface IDBDatabase {
  onclose: (() => void) | null;
  onversionchange: (() => void) | null;
  createObjectStore(name: string): IDBObjectStore;
  transaction(
    tables: string | readonly string[],
    mode?: "readonly" | "readwrite",
    options?: { readonly durability?: "default" | "relaxed" | "strict" },
  ): IDBTransaction;
  close(): void;
}

interface IDBKeyRange {
  readonly lower: unknown;
  readonly upper: unknown;
}
declare var IDBKeyRange: { bound(lower: IDBQuery, upper: readonly unknown[]): IDBKeyRange };

declare var indexedDB: { open(name: string, version?: number): IDBOpenDBRequest };
