// The demo as a user starts it: the tour ends well and says so, an interrupted one takes everything along, and a scene that ends
// otherwise is told. Needs the built module (npm run build) and no root.

import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { compare, type Ending } from "../demo/ending.ts";
import { type Scene, scenes } from "../demo/scenes.ts";
import { repositoryFile } from "../support/repository.ts";

/** A demo that does not end is a failure, and must not hold the suite up. */
const LIMIT = { timeout: 60_000 } as const;

interface Demo {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** The only place for its temporary files. */
  readonly folder: string;
  readonly text: () => string;
  /** Resolves when the output so far holds the words. */
  shows(words: string): Promise<void>;
  readonly ended: Promise<number | null>;
}

function startDemo(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): Demo {
  const folder = mkdtempSync(join(tmpdir(), "dg-demo-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, [repositoryFile("dist/test/demo/main.js"), ...args], {
    env: { PATH: process.env["PATH"], TMPDIR: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let text = "";
  const take = (bytes: Buffer): void => {
    text += bytes.toString();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = once(child, "close").then(([code]: (number | null)[]) => code ?? null);
  const shows = async (words: string): Promise<void> => {
    while (!text.includes(words)) {
      const more = await Promise.race([once(child.stdout, "data").then(() => true), ended.then(() => false)]);
      if (!more && !text.includes(words)) assert.fail(`the demo ended without showing "${words}":\n${text}`);
    }
  };
  return { child, folder, text: () => text, shows, ended };
}

/** Processes that run with this folder on their command line, or as their place for temporary files. */
function processesOf(folder: string): readonly string[] {
  const read = (pid: string, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "latin1");
    } catch {
      return "";
    }
  };
  return readdirSync("/proc").filter(
    (pid) => /^\d+$/.test(pid) && (read(pid, "cmdline") + read(pid, "environ")).includes(folder),
  );
}

function assertNothingLeft({ folder }: Demo): void {
  assert.deepEqual(readdirSync(folder), []);
  assert.deepEqual(processesOf(folder), []);
}

test("the tour: every scene ends as it should, and nothing is left behind", LIMIT, async (t) => {
  const demo = startDemo(t, []);
  const code = await demo.ended;
  const text = demo.text();
  assert.equal(code, 0, text);
  for (const { name, expected } of scenes) {
    const outcome = expected.pam === "PAM_SUCCESS" ? "let in" : "kept out";
    assert.ok(text.includes(`${name}: ${outcome}, as it should be`), `${name} in:\n${text}`);
    assert.ok(text.includes(`${expected.verdict}, because: ${expected.reason} (`), `${name}'s decision in:\n${text}`);
    assert.ok(text.includes(`${expected.pam} (`), `${name}'s code in:\n${text}`);
  }
  assert.ok(text.includes(`All ${scenes.length} scenes ended as they should`), text);
  assert.equal(text.includes("\x1b"), false, "colour without a terminal");
  assertNothingLeft(demo);
});

test("the scenes are those that were promised", () => {
  const verdicts = scenes.map(({ name, expected: { verdict, reason, pam } }) => [name, verdict, reason, pam]);
  assert.deepEqual(verdicts, [
    ["push-approved", "allow", "duo-approved", "PAM_SUCCESS"],
    ["passcode", "allow", "duo-approved", "PAM_SUCCESS"],
    ["push-denied", "max-tries", "prompts-used-up", "PAM_MAXTRIES"],
    ["verified-push", "allow", "duo-approved", "PAM_SUCCESS"],
    ["bypass", "allow", "duo-bypass", "PAM_SUCCESS"],
    ["enroll", "deny", "not-enrolled", "PAM_AUTH_ERR"],
    ["outage-safe", "allow", "failmode-safe", "PAM_SUCCESS"],
    ["outage-secure", "unavailable", "failmode-secure", "PAM_AUTHINFO_UNAVAIL"],
  ]);
});

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} in the middle of the tour takes daemon, logins and folders along`, LIMIT, async (t) => {
    const demo = startDemo(t, ["--tour"]);
    await demo.shows("1 of 8");
    assert.notDeepEqual(processesOf(demo.folder), [], "the search for processes finds none while it must find some");
    demo.child.kill(signal);
    assert.equal(await demo.ended, code, demo.text());
    assertNothingLeft(demo);
  });
}

test("a reader that goes away ends the demo", LIMIT, async (t) => {
  const demo = startDemo(t, ["--tour"]);
  await demo.shows("1 of 8");
  demo.child.stdout.destroy();
  assert.notEqual(await demo.ended, 0);
  assertNothingLeft(demo);
});

test("help and a wrong command line", LIMIT, async (t) => {
  const help = startDemo(t, ["--help"]);
  assert.equal(await help.ended, 0);
  assert.match(help.text(), /--tour[\s\S]*Exit codes/);
  const wrong = startDemo(t, ["--turn"]);
  assert.equal(await wrong.ended, 2);
  assert.match(wrong.text(), /--turn/);
});

test("a machine without openssl is told so", LIMIT, async (t) => {
  const demo = startDemo(t, [], { PATH: "/nonexistent" });
  assert.equal(await demo.ended, 3);
  assert.match(demo.text(), /openssl command is missing: install it/);
  assertNothingLeft(demo);
});

test("a scene that ends otherwise says what was expected and what came", () => {
  const scene = scenes.find(({ name }) => name === "push-denied");
  assert.ok(scene !== undefined);
  const right: Ending = {
    pam: "PAM_MAXTRIES",
    pamText: "",
    verdict: "max-tries",
    reason: "prompts-used-up",
    message: "",
    pushes: 2,
    elapsedMs: 1,
  };
  const screen = "Too many attempts.";
  const found = (ending: Partial<Ending>, shown = screen, expected: Scene = scene): readonly string[] =>
    compare(expected, { ...right, ...ending }, shown).map(({ what, expected: want, got }) => `${what} ${want} ${got}`);
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ pam: "PAM_SUCCESS" }), ["PAM code PAM_MAXTRIES PAM_SUCCESS"]);
  assert.deepEqual(found({ verdict: "allow" }), ["verdict max-tries allow"]);
  assert.deepEqual(found({ reason: "duo-denied" }), ["reason prompts-used-up duo-denied"]);
  assert.deepEqual(found({ pushes: 3 }), ["pushes 2 3"]);
  assert.deepEqual(found({}, "a\nb"), ["screen Too many attempts. a / b"]);
});
