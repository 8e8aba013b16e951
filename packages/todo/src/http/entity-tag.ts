import type { Todo } from "../todo.ts";
import { wrongFields } from "./problem.ts";

/** A strong entity tag (RFC 9110 section 8.8.3): a to-do is, byte for byte, what its version says. */
export function tagOf({ version }: Pick<Todo, "version">): string {
  return `"${version}"`;
}

/**
 * What `If-Match` admits: every version where it is missing or `*`. Weak tags never match there.
 * @throws {Problem}
 */
export function admits(header: string | undefined): (version: number) => boolean {
  if (header === undefined || header.trim() === "*") return () => true;
  const tags = parseTags("If-Match", header);
  return (version) => tags.includes(tagOf({ version }));
}

/** Whether `If-None-Match` says that the client has it already. Here a weak tag is as good (RFC 9110 section 13.1.2). */
export function isKnown(header: string | undefined, todo: Todo): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  return parseTags("If-None-Match", header).some((tag) => tag.replace(/^W\//, "") === tagOf(todo));
}

const TAG = /^\s*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")\s*$/;

function parseTags(field: string, header: string): string[] {
  return header.split(",").map((text) => {
    const tag = TAG.exec(text)?.[1];
    if (tag === undefined) {
      throw wrongFields(400, [
        { field, message: 'It takes entity tags such as "3", as an ETag gave them, or *.' },
      ]);
    }
    return tag;
  });
}
