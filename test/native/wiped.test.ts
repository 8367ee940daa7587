// What the user typed, or gave in DUO_PASSCODE, is nowhere in the process any more: not while it waits for the daemon, which a
// push can make a minute, and not when it has come back to the application. Looked for in the process's own memory.

import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type TestContext, test } from "node:test";

import { memoryWith } from "../support/process-memory.ts";
import { info, prompt, verdict, verdictCodes, welcome } from "./frames.ts";
import { loginPath } from "./login-stage.ts";
import type { Script } from "./scripted-daemon.ts";
import { harnessPath, isRoot, modulePath, pam, setStage } from "./stage.ts";

/** Long, because free() writes into the first bytes of what it frees, and part of it is looked for. */
const PASSCODE = "401739-what-the-user-typed-5520718846";
const TAIL = Buffer.from(PASSCODE.slice(-20));
/** Given as PAM_RHOST, which nobody wipes: shows that the search finds what is there. */
const KEPT = "kept.example.org";

type Harness = ChildProcessByStdio<Writable, Readable, null>;

interface Held {
  readonly pid: number;
  readonly child: Harness;
  /** Resolves at the first line of output, past or future, that is `text`. */
  line(text: string): Promise<void>;
}

function hold(t: TestContext, child: Harness): Held {
  t.after(async () => {
    const ended = child.exitCode === null ? once(child, "close") : undefined;
    child.kill("SIGKILL");
    await ended;
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  const line = async (text: string): Promise<void> => {
    while (!lines.includes(text)) await once(reader, "line", { signal: AbortSignal.timeout(20_000) });
  };
  return { pid: child.pid ?? -1, child, line };
}

/** The module in pam-run, where the answer has no other place in the process than the response. */
async function moduleAsked(t: TestContext, script: Script): Promise<Held> {
  const stage = setStage(t);
  await stage.daemon(script);
  const confdir = join(stage.folder, "pam.d");
  writeFileSync(join(confdir, "test"), `auth required ${modulePath} ${stage.base}\n`);
  const args = ["--confdir", confdir, "--service", "test", "--user", "alice", "--rhost", KEPT];
  const child = spawn(harnessPath, [...args, "--answer", "-", "--hold"], { stdio: ["pipe", "pipe", "inherit"] });
  const held = hold(t, child);
  await held.line("prompt-on Passcode: ");
  assert.notDeepEqual(memoryWith(held.pid, Buffer.from(KEPT)), [], "the search does not find what is there");
  child.stdin.write(PASSCODE);
  return held;
}

test("a typed answer is wiped before the module waits for what comes of it, and when it has come back", async (t) => {
  let finish = () => {};
  const looked = new Promise<void>((resolve) => {
    finish = resolve;
  });
  // First: else a failure here would leave the daemon waiting.
  t.after(() => finish());
  let answered: string | undefined;
  const held = await moduleAsked(t, async (peer) => {
    peer.send(welcome(), prompt("Passcode: "));
    answered = (await peer.answer()).text;
    // Shown only when the answer is dealt with.
    peer.send(info("pushed"));
    await looked;
    peer.allow();
  });
  await held.line("info pushed");
  assert.equal(answered, PASSCODE);
  assert.deepEqual(memoryWith(held.pid, TAIL), [], "while it waits for the daemon");
  finish();
  await held.line(`result ${pam.success}`);
  assert.deepEqual(memoryWith(held.pid, TAIL), [], "when it has come back");
});

test("an answer that is not sent any more is wiped too", async (t) => {
  const held = await moduleAsked(t, async (peer) => {
    // Too early: the verdict is there before the user has answered, which refuses.
    peer.send(welcome(), prompt("Passcode: "), verdict(verdictCodes.allow, peer.start.nonce));
    await peer.gone;
  });
  await held.line(`result ${pam.authErr}`);
  assert.deepEqual(memoryWith(held.pid, TAIL), []);
});

interface WaitingLogin {
  readonly pid: number;
}

/** login_duogate run by nobody, with DUO_PASSCODE, while it waits for the daemon. */
async function loginOfNobody(t: TestContext): Promise<WaitingLogin> {
  const stage = setStage(t);
  let started = () => {};
  const start = new Promise<void>((resolve) => {
    started = resolve;
  });
  await stage.daemon(async (peer) => {
    started();
    await peer.gone;
  });
  chmodSync(stage.folder, 0o755);
  chmodSync(stage.socket, 0o666);
  const { uid, gid } = NOBODY;
  const child = spawn(loginPath, ["-o", `socket=${stage.socket}`, "true"], {
    uid,
    gid,
    cwd: "/",
    env: { DUO_PASSCODE: PASSCODE, KEPT },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { pid } = hold(t, child);
  await start;
  return { pid };
}

const NOBODY = { uid: 65_534, gid: 65_534 };
const reachable = isRoot && (statSync(dirname(loginPath)).mode & 0o001) !== 0;
const skip = reachable ? false : "needs root, which can become another user, and a checkout that this user can read";

test("login_duogate leaves DUO_PASSCODE in no part of its environment", { skip }, async (t) => {
  const { pid } = await loginOfNobody(t);
  const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
  assert.match(environment, new RegExp(KEPT), "the search does not find what is there");
  assert.ok(!environment.includes(PASSCODE.slice(-20)), environment);
});

test("login_duogate cannot be looked into by the user who runs it, and leaves no core", { skip }, async (t) => {
  const { pid } = await loginOfNobody(t);
  // PR_SET_DUMPABLE 0: the kernel gives the process's files in /proc to root, and refuses ptrace and core dumps.
  assert.equal(statSync(`/proc/${pid}/mem`).uid, 0);
  const looking = spawn("cat", [`/proc/${pid}/environ`], { ...NOBODY, cwd: "/", stdio: "ignore" });
  assert.notDeepEqual(await once(looking, "close"), [0, null]);
});
