import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ScratchDirectory, scratchDirectory } from "@fanfare/testing/scratch-directory";
import { refusal } from "./support/refusal.ts";

let place: ScratchDirectory;
let file: string;
beforeAll(() => {
  place = scratchDirectory();
  file = join(place.path, "fanfare.toml");
});
afterAll(() => place[Symbol.dispose]());

const SEE = "(fanfare serve --help lists the flags)";
const OPEN =
  "and no tokens are asked for: everyone who reaches it could read and write everything; set FANFARE_TOKEN_SECRET (docs/security.md), add --insecure if that is meant, or keep to localhost";
const PATH_RULE =
  "a path is made of letters, digits and . _ ~ - between slashes, and its last part may be a parameter such as :room";

describe("a wrong command line is refused in one sentence that says what would do", () => {
  for (const [args, sentence] of [
    ["start", 'there is no command "start"; the one to start is: fanfare serve (fanfare --help lists them)'],
    ["sevre", 'there is no command "sevre", did you mean serve? (fanfare --help lists them)'],
    ["serve --prot 1", `there is no flag --prot, did you mean --port? ${SEE}`],
    ["serve --zzzzzzz", `there is no flag --zzzzzzz ${SEE}`],
    ["serve -p 1", `there is no flag -p ${SEE}`],
    ["serve --no-insecure", `there is no flag --no-insecure, did you mean --insecure? ${SEE}`],
    [
      "config --dta x",
      "there is no flag --dta, did you mean --data? (fanfare config --help lists the flags)",
    ],
    ["serve --port", `--port has no value; write --port=N ${SEE}`],
    ["serve --port --host ::1", `--port has no value; write --port=N ${SEE}`],
    ["serve --config", `--config has no value; write --config=FILE ${SEE}`],
    ["serve now", `"now" is no flag ${SEE}`],
    ["serve -- now", `"now" is no flag ${SEE}`],
    ["serve --port http", '--port is "http"; it takes a number from 0 to 65535'],
    ["serve --port 65536", '--port is "65536"; it takes a number from 0 to 65535'],
    ["serve --port=-1", '--port is "-1"; it takes a number from 0 to 65535'],
    ["serve --port 1e3", '--port is "1e3"; it takes a number from 0 to 65535'],
    ["serve --host=", "--host is empty; it takes an address such as localhost or 127.0.0.1"],
    ["serve --data=", "--data is empty; it takes a directory such as ./data"],
    ["serve --engine oracle", '--engine is "oracle"; it takes sqlite or memory'],
    ["serve --engine sqlit", '--engine is "sqlit"; it takes sqlite or memory, did you mean sqlite?'],
    ["serve --insecure=maybe", '--insecure is "maybe"; it takes true or false'],
    ["serve --log-level loud", '--log-level is "loud"; it takes debug, info, warn or error'],
    ["serve --limits-stalled 10", '--limits-stalled is "10"; it takes a duration such as 500ms, 30s or 7d'],
    ["serve --limits-stalled 1ms", '--limits-stalled is "1ms"; it must be between 1s and 1h'],
    [
      "serve --limits-waiting-per-client 1KiB",
      '--limits-waiting-per-client is "1KiB"; it must be between 1MiB and 1GiB',
    ],
    ["serve --mount /ws", '--mount is "/ws"; it takes a path and a dialect, such as /ws=echo'],
    ["serve --mount /ws=ecko", '--mount is "/ws=ecko"; did you mean the dialect echo?'],
    [
      "serve --mount /ws=xmpppppp",
      '--mount is "/ws=xmpppppp"; it takes a dialect: native, chat, board, feed, echo, mirror, none',
    ],
    ["serve --mount ws=echo", '--mount is "ws=echo"; a path begins with /'],
    ["serve --mount /a//b=echo", `--mount is "/a//b=echo"; ${PATH_RULE}`],
    ["serve --mount /:room/x=echo", `--mount is "/:room/x=echo"; ${PATH_RULE}`],
    ["serve --mount /a?b=echo", `--mount is "/a?b=echo"; ${PATH_RULE}`],
    [
      "serve --mount /talk=chat",
      '--mount is "/talk=chat"; chat takes the room from the path, as in /talk/:room',
    ],
    ["serve --mount /health=echo", `--mount is "/health=echo"; /health is the server's own`],
    [
      "serve --origin app.example.com",
      '--origin is "app.example.com"; it takes the origin of a page, such as https://app.example.com or https://*.example.com; or file://, null, *',
    ],
    [
      "serve --origin https://*",
      '--origin is "https://*"; it takes the origin of a page, such as https://app.example.com or https://*.example.com; or file://, null, *',
    ],
    ["serve --host 0.0.0.0", `--host is "0.0.0.0", ${OPEN}`],
    ["config --host 0.0.0.0", `--host is "0.0.0.0", ${OPEN}`],
    ["serve --host ::", `--host is "::", ${OPEN}`],
    ["serve --host 10.1.2.3", `--host is "10.1.2.3", ${OPEN}`],
    ["serve --host localhost.example.com", `--host is "localhost.example.com", ${OPEN}`],
    ["serve --socket x --port 1", "--port and --socket are both given; keep the one to listen on"],
    ["serve --tls-cert c.pem", "--tls-cert is given without --tls-key; TLS takes both"],
    ["serve --tls-key k.pem", "--tls-key is given without --tls-cert; TLS takes both"],
  ] as const) {
    test(`fanfare ${args}`, async () => {
      expect(await refusal(args.split(" "), { cwd: place.path })).toBe(sentence);
    });
  }
});

describe("text that is not UTF-8 is refused, since different bytes would become the same text", () => {
  for (const [what, script, sentence] of [
    ["an argument", `exec "$0" "$@" $'--data=J\\xf6rg'`, "argument 2 is not UTF-8 text"],
    ["a command", `exec "$0" "$@" token --user $'J\\xf6rg'`, "argument 4 is not UTF-8 text"],
    [
      "a secret of random bytes",
      `FANFARE_TOKEN_SECRET=$'01234567890123456789\\xf6\\xe4\\xfc\\xdf3456789012' exec "$0" "$@"`,
      "FANFARE_TOKEN_SECRET is not UTF-8 text",
    ],
    ["the name of the file", `FANFARE_CONFIG=$'J\\xf6rg' exec "$0" "$@"`, "FANFARE_CONFIG is not UTF-8 text"],
  ] as const) {
    test(what, async () => {
      expect(await refusal(["config"], { cwd: place.path }, ["bash", "-c", script])).toBe(sentence);
    });
  }
});

describe("a wrong variable is refused in one sentence that says what would do", () => {
  const LINKED = "Kubernetes sets it for a service called fanfare; say enableServiceLinks: false in the pod";
  for (const [env, sentence] of [
    [{ FANFARE_PROT: "1" }, "there is no variable FANFARE_PROT, did you mean FANFARE_PORT?"],
    [{ FANFARE_CONFG: "1" }, "there is no variable FANFARE_CONFG, did you mean FANFARE_CONFIG?"],
    [
      { FANFARE_SOMETHING_ELSE: "1" },
      "there is no variable FANFARE_SOMETHING_ELSE; fanfare serve --help lists those there are",
    ],
    [{ FANFARE_PORT: "http" }, 'FANFARE_PORT is "http"; it takes a number from 0 to 65535'],
    [{ FANFARE_PORT: "" }, "FANFARE_PORT is empty; it takes a number from 0 to 65535"],
    [{ PORT: "http" }, 'PORT is "http"; it takes a number from 0 to 65535'],
    [{ FANFARE_PORT: "tcp://10.0.0.1:80" }, `FANFARE_PORT is "tcp://10.0.0.1:80"; ${LINKED}`],
    [{ FANFARE_SERVICE_HOST: "10.0.0.1" }, `there is no variable FANFARE_SERVICE_HOST; ${LINKED}`],
    [{ FANFARE_MOUNTS: "/a=echo,/b=ecko" }, 'FANFARE_MOUNTS is "/b=ecko"; did you mean the dialect echo?'],
    [{ FANFARE_HOST: "0.0.0.0" }, `FANFARE_HOST is "0.0.0.0", ${OPEN}`],
    [{ FANFARE_CONFIG: "" }, "FANFARE_CONFIG is empty; it takes a file such as fanfare.toml"],
    [
      { FANFARE_SOCKET: "x", FANFARE_PORT: "1" },
      "FANFARE_PORT and FANFARE_SOCKET are both given; keep the one to listen on",
    ],
    [
      { FANFARE_POLICIES: "[{pattern=}]" },
      "FANFARE_POLICIES:1:11: this is not TOML: unexpected token; mend that line",
    ],
    [
      { FANFARE_POLICIES: "chat" },
      "FANFARE_POLICIES:1:1: this is not TOML: unexpected character; mend that line",
    ],
    [
      { FANFARE_POLICIES: '[{pattern="a*b"}]' },
      'FANFARE_POLICIES.pattern is "a*b"; a pattern has its * at the end, as in chat:*',
    ],
  ] as const) {
    test(Object.entries(env).flat().join(" "), async () => {
      expect(await refusal(["serve"], { cwd: place.path, env })).toBe(sentence);
    });
  }
});

describe("a wrong file is refused in one sentence with line and column", () => {
  for (const [toml, sentence] of [
    ["port = [1,\n", "2:1: this is not TOML: unspecified values are invalid; mend that line"],
    ["\n\nport 8080", "3:6: this is not TOML: expected equal (=) token; mend that line"],
    ["port = 1\nport = 2", "2:1: this is not TOML: defining a key multiple times is invalid; mend that line"],
    [
      "[log\nlevel = 1",
      "2:1: this is not TOML: the key, equals sign, and value must be on the same line; mend that line",
    ],
    ["data = 'x", "1:10: this is not TOML: unterminated string constant; mend that line"],
    ["# all\n  prot = 1", "2:3: there is no setting prot, did you mean port?"],
    ["[log]\nlvel = 'info'", "2:1: there is no setting log.lvel, did you mean log.level?"],
    ["[lgo]\nlevel = 'info'", "1:2: there is no setting lgo; fanfare config shows those there are"],
    ["zzzzzzzz.y = 1", "1:1: there is no setting zzzzzzzz; fanfare config shows those there are"],
    ["port = 'http'", '1:1: port is "http"; it takes a number from 0 to 65535'],
    ["port = 80.5", "1:1: port is 80.5; it takes a number from 0 to 65535"],
    ["port = [80]", "1:1: port is a list; it takes a number from 0 to 65535"],
    ["port.number = 80", "1:1: port is a table; it takes a number from 0 to 65535"],
    ["engine = true", "1:1: engine is true; it takes sqlite or memory"],
    ["host = '::'", `1:1: host is "::", ${OPEN}`],
    ["mounts = { '/ws' = 'ecko' }", '1:12: mounts./ws is "ecko"; did you mean the dialect echo?'],
    ["[mounts]\n'ws' = 'echo'", '2:1: mounts.ws is "echo"; a path begins with /'],
    [
      "origins = ['https://a.example', 1]",
      "1:33: origins is 1; it takes the origin of a page, such as https://app.example.com or https://*.example.com; or file://, null, *",
    ],
    ["socket = 'x'\nport = 1", "2:1: port and socket are both given; keep the one to listen on"],
    ["tls.cert = 'c'", "1:1: tls.cert is given without tls.key; TLS takes both"],
    [
      "[[policies]]\nevents = true",
      "1:3: policies has a policy without a pattern; say for which rooms it is",
    ],
    [
      "[[policies]]\npattern = 'a*b'",
      '2:1: policies.pattern is "a*b"; a pattern has its * at the end, as in chat:*',
    ],
    [
      "[[policies]]\npattern = ''",
      "2:1: policies.pattern is empty; a pattern is the name of a room, or the beginning of one and *, as in chat:*",
    ],
    [
      "[[policies]]\npattern = 'a'\nhistory.cuont = 1",
      "3:1: policies has no key history.cuont, did you mean history.count?",
    ],
    [
      "[[policies]]\npattern = 'a'\nhistory.count = 0",
      "3:1: policies.history.count is 0; it takes a number from 1 to 1000000000",
    ],
    [
      "[[policies]]\npattern = 'a'\nhistory.age = '1w 2d'",
      '3:1: policies.history.age is "1w 2d"; it takes a duration such as 500ms, 30s or 7d',
    ],
    [
      "[[policies]]\npattern = 'a'\npublish = 'me'",
      '3:1: policies.publish is "me"; it takes anyone or service',
    ],
    [
      "[[policies]]\npattern = 'a'\n[[policies]]\npattern = 'a'",
      "3:3: policies has two policies for a; make them one",
    ],
    [
      "policies = 'chat'",
      '1:1: policies is "chat"; it takes a list of tables such as [{pattern = "chat:*", history.count = 100}]',
    ],
  ] as const) {
    test(JSON.stringify(toml), async () => {
      writeFileSync(file, toml);
      expect(await refusal(["serve"], { cwd: place.path })).toBe(`${file}:${sentence}`);
    });
  }

  for (const [what, write, sentence] of [
    [
      "not there",
      undefined,
      (path: string) => `${path}, which --config names, is not there; correct its path or leave it out`,
    ],
    [
      "not text",
      "port = '\xff'",
      (path: string) => `${path}, which --config names, is not UTF-8 text; save it as such`,
    ],
  ] as const) {
    test(`one that is ${what}`, async () => {
      const path = join(place.path, `${what}.toml`);
      if (write !== undefined) writeFileSync(path, write, "latin1");
      const args = ["serve", "--config", path];
      expect(await refusal(args, { cwd: import.meta.dir })).toBe(`the configuration file ${sentence(path)}`);
    });
  }

  test("one that is a directory, as a variable names it", async () => {
    const env = { FANFARE_CONFIG: place.path };
    expect(await refusal(["config"], { cwd: import.meta.dir, env })).toBe(
      `the configuration file ${place.path}, which FANFARE_CONFIG names, is a directory; name the file in it`,
    );
  });
});
