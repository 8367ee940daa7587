// A configuration that is not right stops `duogate run` before it listens, with every problem named, and `duogate check` says
// the same. What it prints never holds the secret key.

import assert from "node:assert/strict";
import { chmodSync, chownSync, existsSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { duogate, testFolder } from "../fault/command.ts";

const SKEY = "s3cr3ts3cr3ts3cr3ts3cr3ts3cr3ts3cr3ts3cr";
const needsRoot = process.getuid?.() === 0 ? false : "needs root: only root can give a file to another user";
const good = (folder: string): string =>
  [
    "[duo]",
    "ikey = DIAAAAAAAAAAAAAAAAAA",
    `skey = ${SKEY}`,
    "host = localhost:1",
    "failmode = secure",
    "[gateway]",
    `runtime_dir = ${folder}`,
    "",
  ].join("\n");

interface Bad {
  readonly name: string;
  /** The good text, made bad. */
  readonly text?: (good: string) => string;
  /** The good file, made bad. */
  readonly file?: (path: string) => void;
  /** All of them must be printed. */
  readonly problems: readonly RegExp[];
  readonly skip?: string | false;
}

const BAD: readonly Bad[] = [
  { name: "an empty file", text: () => "", problems: [/: ikey: /, /: skey: /, /: host: /, /: failmode: /] },
  {
    name: "four mistakes",
    text: (text) =>
      `${text.replace("failmode = secure", "failmode = open").replace("localhost:1", "https://x/y")}max_login = 3\nanswer_timeout = soon\n`,
    problems: [/:4: host: /, /:5: failmode: /, /:8: max_login: /, /:9: answer_timeout: /],
  },
  { name: "the secret key twice", text: (text) => text.replace(/(skey = .*)/, "$1\n$1"), problems: [/:4: skey: /] },
  { name: "a file that others can read", file: (path) => chmodSync(path, 0o644), problems: [/chmod 600 /] },
  { name: "a file that its group can write", file: (path) => chmodSync(path, 0o620), problems: [/chmod 600 /] },
  {
    name: "a stranger's file",
    file: (path) => chownSync(path, 4242, 4242),
    problems: [/belongs to uid 4242/],
    skip: needsRoot,
  },
  {
    name: "a symbolic link",
    file: (path) => {
      renameSync(path, `${path}.real`);
      symlinkSync(`${path}.real`, path);
    },
    problems: [/symbolic link/],
  },
  { name: "no file", file: (path) => renameSync(path, `${path}.gone`), problems: [/no such file/] },
  {
    name: "a folder that others can write",
    file: (path) => chmodSync(join(path, ".."), 0o777),
    problems: [/chmod go-w /],
  },
];

describe("a configuration that is not right", { concurrency: 2, timeout: 60_000 }, () => {
  for (const { name, text = (same: string) => same, file = () => undefined, problems, skip = false } of BAD) {
    test(name, { skip }, async (t) => {
      const folder = testFolder(t);
      const path = join(folder, "duogate.conf");
      writeFileSync(path, text(good(folder)), { mode: 0o600 });
      file(path);
      for (const command of ["check", "run"]) {
        const { code, stdout, stderr } = await duogate(command, "--config", path);
        assert.equal(code, 1, `duogate ${command}: ${stderr}`);
        assert.equal(stdout, "");
        for (const problem of problems) assert.match(stderr, problem, command);
        assert.ok(!stderr.includes(SKEY), `duogate ${command} prints the secret key`);
        assert.ok(!existsSync(join(folder, "pam.sock")), "it listened");
      }
    });
  }
});

test("duogate check says when all is well, and does not listen", async (t) => {
  const folder = testFolder(t);
  const path = join(folder, "duogate.conf");
  writeFileSync(path, good(folder), { mode: 0o600 });
  assert.deepEqual(await duogate("check", "--config", path), { code: 0, stdout: `${path}: valid\n`, stderr: "" });
  assert.ok(!existsSync(join(folder, "pam.sock")));
});

describe("a place to listen that cannot be used", { concurrency: 2, timeout: 60_000 }, () => {
  const places: readonly (readonly [string, RegExp, (run: string) => void, (string | false)?])[] = [
    ["a runtime_dir that others can write", /chmod go-w /, (run) => chmodSync(run, 0o777)],
    ["a runtime_dir of a stranger", /chown root /, (run) => chownSync(run, 4242, 4242), needsRoot],
    ["a file where pam.sock belongs", /pam\.sock/, (run) => writeFileSync(join(run, "pam.sock"), "")],
    ["a file where login.sock belongs", /login\.sock/, (run) => writeFileSync(join(run, "login.sock"), "")],
  ];
  for (const [name, words, spoil, skip = false] of places) {
    test(name, { skip }, async (t) => {
      const folder = testFolder(t);
      const run = testFolder(t);
      const path = join(folder, "duogate.conf");
      writeFileSync(path, good(run), { mode: 0o600 });
      spoil(run);
      const { code, stderr } = await duogate("run", "--config", path);
      assert.equal(code, 3, `it ended with ${code}: ${stderr}`);
      assert.match(stderr, words);
    });
  }
});
