/** One event, one line. `event` is a stable name (`server.listening`); `fields` say the rest. */
export interface Log {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}

export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The log of a program that passed none: errors go to standard error. */
export const FAULTS_ALONE: Log = {
  debug() {},
  info() {},
  warn() {},
  error: (event, fields) => console.error(event, fields),
};
