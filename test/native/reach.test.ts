// PROTOCOL sections 5 and 6: what counts as a daemon that cannot be reached, where failmode= decides, and what is a loss or a
// close, where it does not. Each case runs under both failmodes.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";

import { frame, info, prompt, welcome } from "./frames.ts";
import type { Script } from "./scripted-daemon.ts";
import { buildFolder, pam, type Stage, setStage } from "./stage.ts";

type Arrange = (stage: Stage, t: TestContext) => Promise<unknown> | unknown;

function scripted(script: Script): Arrange {
  return (stage) => stage.daemon(script);
}

function listenRaw(stage: Stage, t: TestContext, server: Server): Promise<void> {
  t.after(() => void server.close());
  return new Promise((resolve) => server.listen(stage.socket, () => resolve()));
}

/** A socket in the file system whose listener is gone. */
async function refusedSocket(stage: Stage): Promise<void> {
  const code = `require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
  const child = spawn(process.execPath, ["-e", code, stage.socket], { stdio: "ignore" });
  await new Promise((resolve) => child.once("close", resolve));
}

/** A listener that never accepts, with its backlog filled: connect would block. */
async function fullBacklog(stage: Stage, t: TestContext): Promise<void> {
  const child = spawn(join(buildFolder, "full-backlog"), [stage.socket]);
  t.after(() => child.stdin.end());
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  assert.equal(chunk.toString(), "full\n");
}

/** As a process does that has no descriptor left: accept, and close. */
function closesAtOnce(stage: Stage, t: TestContext): Promise<void> {
  return listenRaw(
    stage,
    t,
    createServer((socket) => void socket.on("error", () => undefined).destroy()),
  );
}

/** Listens, never accepts, and ends as soon as a connection waits. */
async function endsWithItsQueue(stage: Stage, t: TestContext): Promise<void> {
  const code = [
    "import os, select, socket, sys",
    "s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(8); print('listens', flush=True)",
    "select.select([s], [], [])",
  ].join("\n");
  const child = spawn("python3", ["-c", code, stage.socket], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
}

/** Sends bytes one by one, with a gap below the deadline each. */
async function drip(bytes: Buffer, write: (byte: Buffer) => void, gone: Promise<void>): Promise<void> {
  let stopped = false;
  const stop = gone.then(() => {
    stopped = true;
  });
  for (let at = 0; at < bytes.length && !stopped; at++) {
    write(bytes.subarray(at, at + 1));
    const gap = new Promise((resolve) => setTimeout(resolve, 500).unref());
    await Promise.race([gap, stop]);
  }
}

/** No WELCOME could be had: failmode= decides. */
const unreachable: readonly (readonly [string, RegExp, Arrange])[] = [
  ["no socket", /there is no socket/, () => undefined],
  ["no folder", /there is no socket/, (stage) => rmSync(`${stage.folder}/run`, { recursive: true })],
  ["a socket whose daemon is gone", /nobody listens/, refusedSocket],
  ["a full backlog", /queue of connections stayed full/, fullBacklog],
  ["silence before WELCOME", /did not answer in time/, scripted((p) => p.gone)],
];

const hangUp =
  (...frames: readonly Buffer[]): Script =>
  (peer) => {
    peer.send(...frames);
    peer.end();
  };

const fallSilent =
  (...frames: readonly Buffer[]): Script =>
  (peer) => {
    peer.send(...frames);
    return peer.gone;
  };

const dripAfter =
  (sent: readonly Buffer[], dripped: Buffer): Script =>
  (peer) => {
    peer.send(...sent);
    return drip(dripped, (byte) => peer.send(byte), peer.gone);
  };

/** connect() succeeded, so something listens: a close is no absence. */
const closed: readonly (readonly [string, Arrange])[] = [
  ["end of stream in answer to START", scripted((peer) => peer.end())],
  ["a daemon that closes what it accepts", closesAtOnce],
  ["a listener that ends while the connection waits in its queue", endsWithItsQueue],
];

/** The first byte of WELCOME came: every loss denies. */
const lost: readonly (readonly [string, number, Script])[] = [
  ["end of stream inside WELCOME's length", pam.authErr, hangUp(welcome().subarray(0, 1))],
  ["end of stream inside WELCOME", pam.authErr, hangUp(welcome().subarray(0, 6))],
  ["silence inside WELCOME", pam.authErr, fallSilent(welcome().subarray(0, 6))],
  ["WELCOME that drips in", pam.authErr, dripAfter([], welcome(1, "a".repeat(64)))],
  ["end of stream after WELCOME", pam.authErr, hangUp(welcome())],
  ["end of stream inside a frame", pam.authErr, hangUp(welcome(), info("hello").subarray(0, 7))],
  ["end of stream while the prompt stands", pam.authErr, hangUp(welcome(), prompt("?"))],
  ["silence after WELCOME", pam.authErr, fallSilent(welcome())],
  ["a frame that drips in", pam.authErr, dripAfter([welcome()], info("x".repeat(500)))],
  ["a broken first frame", pam.systemErr, fallSilent(frame(Buffer.from([0x86])))],
];

/** timeout=3 is the least there is. The bound leaves a slow machine time, and is below the 15 s between frames. */
const boundMs = 10_000;

describe("without a WELCOME", { concurrency: 4 }, () => {
  for (const [name, logged, arrange] of unreachable) {
    for (const failmode of ["safe", "secure"] as const) {
      test(`${name}, failmode=${failmode}`, async (t) => {
        const stage = setStage(t);
        stage.stack(`auth required @ timeout=3 failmode=${failmode}`);
        await arrange(stage, t);
        const run = await stage.run();
        assert.deepEqual(run.results, [failmode === "safe" ? pam.success : pam.authinfoUnavail]);
        assert.equal(run.logs.length, 1);
        assert.match(run.logs.join(), logged);
        assert.match(run.logs.join(), failmode === "safe" ? /^log warning .*without a second factor/ : /^log err /);
        const told = "error duogate is not running; access denied. Ask your administrator.";
        assert.deepEqual(run.shown, failmode === "safe" ? [] : [told]);
        assert.ok(run.elapsedMs < boundMs, `took ${run.elapsedMs} ms`);
      });
    }
  }
});

/** login.sock's mode. What looks like absence on pam.sock can be brought about there by whoever may connect. */
async function openToAll(arrange: Arrange, mode: number, stage: Stage, t: TestContext): Promise<void> {
  await arrange(stage, t);
  chmodSync(stage.socket, mode);
}

describe("a socket to which others may connect", { concurrency: 4 }, () => {
  const crowded = unreachable.filter(([name]) => name === "a full backlog" || name.startsWith("silence"));
  for (const [name, detail, arrange] of crowded) {
    for (const [who, mode] of [
      ["everybody", 0o666],
      ["a group", 0o660],
    ] as const) {
      test(`${name} denies with failmode=safe where ${who} may connect`, async (t) => {
        const stage = setStage(t);
        stage.stack("auth required @ timeout=3 failmode=safe");
        await openToAll(arrange, mode, stage, t);
        const run = await stage.run();
        assert.deepEqual(run.results, [pam.authinfoUnavail]);
        assert.match(run.logs.join(), detail);
        assert.match(run.logs.join(), /^log err .*refused user .*failmode= does not apply/);
        assert.deepEqual(run.shown, ["error duogate does not answer; access denied. Try again."]);
      });
    }
  }

  test("nobody listens there: failmode= applies, since nobody but root can bring that about", async (t) => {
    const stage = setStage(t);
    stage.stack("auth required @ timeout=3 failmode=safe");
    await openToAll(refusedSocket, 0o666, stage, t);
    assert.deepEqual((await stage.run()).results, [pam.success]);
  });
});

describe("a connection that was made and closed before WELCOME", { concurrency: 4 }, () => {
  for (const [name, arrange] of closed) {
    for (const failmode of ["safe", "secure"] as const) {
      test(`${name}, failmode=${failmode}`, async (t) => {
        const stage = setStage(t);
        stage.stack(`auth required @ timeout=3 failmode=${failmode}`);
        await arrange(stage, t);
        const run = await stage.run();
        assert.deepEqual(run.results, [pam.authErr]);
        assert.match(run.logs.join(), /^log err .*refused user .*closed the connection without an answer/);
        assert.deepEqual(run.shown, ["error duogate stopped during the login; access denied. Try again."]);
        assert.ok(run.elapsedMs < boundMs, `took ${run.elapsedMs} ms`);
      });
    }
  }
});

describe("after the first byte of WELCOME", { concurrency: 4 }, () => {
  for (const [name, code, script] of lost) {
    test(`${name} denies with failmode=safe`, async (t) => {
      const stage = setStage(t);
      stage.stack("auth required @ timeout=3 failmode=safe");
      await stage.daemon(script);
      const run = await stage.run("--answer", "1");
      assert.deepEqual(run.results, [code]);
      assert.ok(run.elapsedMs < boundMs, `took ${run.elapsedMs} ms`);
    });
  }
});

test("secure is the default", async (t) => {
  const stage = setStage(t);
  const run = await stage.run();
  assert.deepEqual(run.results, [pam.authinfoUnavail]);
});

test("too few descriptors deny with failmode=safe: the caller of sudo sets that limit", async (t) => {
  const stage = setStage(t);
  stage.stack("auth required @ failmode=safe", "account required pam_permit.so");
  // With 3 nothing can be opened, and with 4 only the first folder: neither says anything about the daemon.
  for (const limit of [3, 4]) {
    const run = await stage.run("--nofile", String(limit));
    assert.deepEqual(run.results, [pam.systemErr]);
    assert.match(run.logs.join(), /cannot examine .*Too many open files/);
  }
  const enough = await stage.run("--nofile", "5");
  assert.deepEqual(enough.results, [pam.success], "the walk is done, and finds no socket");
});
