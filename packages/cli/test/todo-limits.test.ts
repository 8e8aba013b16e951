import { expect, test } from "bun:test";
import { join } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";
import { SECRET, token } from "@fanfare/testing/tokens";
import type { Todo } from "@fanfare/todo";

const CONFIGURATION = `
[token]
secret = "${SECRET}"
[limits]
todos_per_list = 3
todos_per_user = 2
todos_of_guests = 1
todo_lists = 3
[[policies]]
pattern = "todo:*"
guests = ["history", "publish"]
`;

test("TODO-10: no user stores more than is configured, under whatever names, and others still can", async () => {
  using place = scratchDirectory();
  const file = join(place.path, "fanfare.toml");
  await Bun.write(file, CONFIGURATION);
  await using server = await ServerProcess.start(join(place.path, "data"), "--web=off", "--config", file);
  const client = new TodoClient(server.url);
  const create = async (list: string, who: Record<string, string>) => {
    const { status, body } = await client.ask<Todo>("POST", "", { list, title: "x" }, who);
    return status === 201 ? body.id : body;
  };
  const full = (what: string) => ({
    status: 409,
    code: "full",
    detail: `This is one too many: ${what}.`,
  });
  const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
  const [ada, bob] = await Promise.all(
    ["ada", "bob"].map(async (sub) => ({ authorization: `Bearer ${await token(sub)}` })),
  );
  if (ada === undefined || bob === undefined) throw new Error("a token is missing");

  expect(await create("a", { "x-fanfare-user": "eve" })).toEqual(id);
  for (const name of ["eve", "mallory", "ada"]) {
    const guests = full("all guests together have at most 1 to-dos");
    expect(await create("a", { "x-fanfare-user": name })).toMatchObject(guests);
  }
  const first = await create("a", ada);
  expect(await create("b", { ...ada, "x-fanfare-user": "somebody else" })).toMatchObject({
    code: "other_user",
  });
  expect(await create("b", ada)).toEqual(id);
  expect(await create("c", ada)).toMatchObject(full("a user has at most 2 to-dos"));
  expect(await create("a", bob)).toEqual(id);
  expect(await create("a", bob)).toMatchObject(full("a list has at most 3 to-dos"));
  await client.remove(String(first), bob);
  expect(await create("c", ada)).toEqual(id);
  expect(await create("d", bob)).toMatchObject(full("there are at most 3 lists"));
});
