import { Compile, type Validator } from "typebox/schema";
import { FIXED_LIMITS } from "../limits.ts";
import type { Draft } from "../store/creation.ts";
import { type Changes, parseListName, parseTitle, UUID } from "../todo.ts";
import { type FieldError, Problem, wrongFields } from "./problem.ts";

// `description` tells people what a field accepts. The parsers of `todo.ts` check what a schema cannot express.

const title = {
  type: "string",
  description: `A title has 1 to ${FIXED_LIMITS.title} characters, none of them a control character.`,
} as const;

const list = {
  type: "string",
  description: `The name of a list has 1 to ${FIXED_LIMITS.listName} characters (123 bytes), without control characters, stray spaces and *.`,
} as const;

const completed = { type: "boolean", description: "It is true or false." } as const;

const id = {
  type: "string",
  pattern: UUID.source,
  description: "An id is a UUID in small letters, as crypto.randomUUID() gives it.",
} as const;

const version = {
  type: "integer",
  minimum: 1,
  description: "The version that a deleted to-do had, together with its id: it comes back.",
} as const;

export const DRAFT = {
  type: "object",
  properties: { id, list, title, completed, version },
  required: ["list", "title"],
  additionalProperties: false,
} as const;

export const CHANGES = {
  type: "object",
  properties: { title, completed },
  additionalProperties: false,
} as const;

const drafts = Compile(DRAFT);
const changes = Compile(CHANGES);

/** The same sentences, for the query parameters of the same name. */
export const SAYS = { list: list.description, completed: completed.description } as const;

/** @throws {Problem} that names each field that is wrong */
export function parseDraft(body: unknown): Draft {
  const errors = errorsOf(drafts, DRAFT.properties, body);
  if (errors.length > 0 || !drafts.Check(body)) throw wrongFields(422, errors);
  const [ownList, ownTitle] = [parseListName(body.list), parseTitle(body.title)];
  if (ownList === undefined || ownTitle === undefined) throw new Error("a list or a title was not looked at");
  const { id, version, completed = false } = body;
  if (id === undefined && version !== undefined) {
    throw wrongFields(422, [{ field: "version", message: DRAFT.properties.version.description }]);
  }
  return {
    ...(id !== undefined && { id }),
    ...(version !== undefined && { version }),
    list: ownList,
    title: ownTitle,
    completed,
  };
}

/** @throws {Problem} that names each field that is wrong */
export function parseChanges(body: unknown): Changes {
  const errors = errorsOf(changes, CHANGES.properties, body);
  if (errors.length > 0 || !changes.Check(body)) throw wrongFields(422, errors);
  const ownTitle = parseTitle(body.title);
  return {
    ...(ownTitle !== undefined && { title: ownTitle }),
    ...(body.completed !== undefined && { completed: body.completed }),
  };
}

const PARSERS = [
  ["list", parseListName],
  ["title", parseTitle],
] as const;

type Fields = Readonly<Record<string, { readonly description: string }>>;

/** One sentence for each wrong field. @throws {Problem} for what is no object */
function errorsOf(validator: Pick<Validator, "Errors">, known: Fields, body: unknown): FieldError[] {
  const found = new Map<string, string>();
  for (const error of validator.Errors(body)[1]) {
    if (error.keyword === "additionalProperties") {
      for (const field of error.params.additionalProperties.slice(0, 10)) {
        found.set(field.slice(0, 64), `There is no such field; there are ${Object.keys(known).join(", ")}.`);
      }
    } else if (error.keyword === "required") {
      for (const field of error.params.requiredProperties) found.set(field, known[field]?.description ?? "");
    } else if (error.instancePath === "") {
      throw new Problem(422, "invalid", "The body is to be a JSON object.");
    } else {
      const field = error.instancePath.slice(1);
      const description = known[field]?.description;
      if (description !== undefined) found.set(field, description);
    }
  }
  for (const [field, parse] of PARSERS) {
    const value = fieldOf(body, field);
    if (field in known && value !== undefined && parse(value) === undefined) {
      found.set(field, known[field]?.description ?? "");
    }
  }
  return [...found].map(([field, message]) => ({ field, message }));
}

function fieldOf(body: unknown, field: string): unknown {
  return typeof body === "object" && body !== null && Object.hasOwn(body, field)
    ? Reflect.get(body, field)
    : undefined;
}
