// Broken frames, both ways. To the daemon: it names the rule, closes without a verdict, and sends no push. To the module: it
// denies with failmode=safe, too. docs/PROTOCOL.md sections 1, 3 and 5. Above 200 lines: two tables, with what plays
// the other side for each.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import { type DaemonMessage, decodeHelperMessage, encodeDaemonMessage, type Start } from "../../src/wire/messages.ts";
import { frameOf, HelperClient, start } from "../support/helper-client.ts";
import { baseline, expectDescriptors, expectDrains } from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { type Stage, setStage } from "../support/pam-stage.ts";
import { privateFolder } from "../unit/ffi/compile.ts";

const payloadOf = (frame: Buffer): Buffer => frame.subarray(4);
const withTrailingByte = (frame: Buffer): Buffer => encodeFrame(Buffer.concat([payloadOf(frame), Buffer.from([0])]));
const ANSWER = frameOf({ kind: "answer", given: true, text: "1" });
const START = frameOf(start());

interface ToDaemon {
  readonly name: string;
  /** Sent at once. */
  readonly first?: Buffer;
  /** Sent when the first prompt stands. */
  readonly atPrompt?: Buffer;
  readonly failure: string;
}

const TO_DAEMON: readonly ToDaemon[] = [
  { name: "an empty frame", first: Buffer.alloc(4), failure: "empty" },
  { name: "a frame of 4097 bytes", first: Buffer.from([0, 0, 0x10, 0x01]), failure: "oversized" },
  { name: "a length with all bits set", first: Buffer.alloc(4, 0xff), failure: "oversized" },
  { name: "HTTP", first: Buffer.from("GET / HTTP/1.1\r\n\r\n"), failure: "oversized" },
  { name: "an unknown type", first: encodeFrame(Buffer.from([0x7f])), failure: "unknown-type" },
  { name: "a message of the daemon", first: encodeFrame(Buffer.from([0x84])), failure: "unknown-type" },
  { name: "a START cut short", first: encodeFrame(payloadOf(START).subarray(0, 12)), failure: "short-field" },
  { name: "a START with a byte too many", first: withTrailingByte(START), failure: "short-field" },
  { name: "a START without a user", first: encodeFrame(payloadOf(START).subarray(0, 19)), failure: "missing-fact" },
  { name: "ANSWER before START", first: ANSWER, failure: "out-of-turn" },
  { name: "START twice in one write", first: Buffer.concat([START, START]), failure: "out-of-turn" },
  { name: "ANSWER before there is a prompt", first: Buffer.concat([START, ANSWER]), failure: "out-of-turn" },
  { name: "START at the prompt", first: START, atPrompt: START, failure: "out-of-turn" },
  { name: "two answers", first: START, atPrompt: Buffer.concat([ANSWER, ANSWER]), failure: "out-of-turn" },
  {
    name: "an answer with a byte too many",
    first: START,
    atPrompt: withTrailingByte(ANSWER),
    failure: "trailing-bytes",
  },
  {
    name: "an answer with an unknown status",
    first: START,
    atPrompt: encodeFrame(Buffer.from([2, 9, 0, 0])),
    failure: "bad-value",
  },
];

describe("frames to the daemon", { timeout: 40_000 }, () => {
  test("each is refused by its rule, without a push and without a trace", async (t) => {
    const stage = await setStage(t);
    const { daemon, emulator } = stage;
    await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
    const before = baseline(daemon);
    for (const row of TO_DAEMON) await t.test(row.name, () => refused(stage, row));
    await expectDescriptors(daemon, before);
    assert.equal(emulator.pushes.length, 0);
    await expectDrains(daemon, emulator);
  });

  test("another version gets ours and a verdict of misconfigured", async (t) => {
    const { daemon } = await setStage(t);
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start({}, { version: 2 }));
    const welcome = await helper.nextOf("welcome");
    assert.equal(welcome.version, 1);
    assert.equal((await helper.nextOf("verdict")).verdict, "misconfigured");
    assert.equal((await daemon.event("decision"))["reason"], "protocol-version");
  });

  test("bytes that drip in do not stretch the limits of START and ANSWER", { concurrency: 2 }, async (t) => {
    const stage = await setStage(t);
    await Promise.all([dripStart(stage), dripAnswer(stage)]);
    assert.equal(stage.emulator.pushes.length, 0);
    await expectDrains(stage.daemon, stage.emulator);
  });
});

async function refused({ daemon }: Stage, { first, atPrompt, failure }: ToDaemon): Promise<void> {
  const after = daemon.lines.length;
  const helper = await HelperClient.connect(daemon.pamSocket);
  helper.sendBytes(first ?? Buffer.alloc(0));
  if (atPrompt !== undefined) {
    await helper.nextOf("prompt");
    helper.sendBytes(atPrompt);
  }
  const last = (await helper.rest()).at(-1);
  assert.notEqual(last?.kind, "verdict");
  const line = await daemon.event("protocol-violation", { after });
  assert.equal(line["failure"], failure);
  assert.equal(line["peer_pid"], process.pid);
}

/** Sends bytes one at a time until the other side hangs up; resolves with the time that took. */
async function drip(helper: HelperClient, bytes: Buffer): Promise<number> {
  const began = performance.now();
  let at = 0;
  const timer = setInterval(() => {
    helper.sendBytes(bytes.subarray(at, at + 1));
    at += 1;
  }, 400);
  await helper.closed;
  clearInterval(timer);
  return performance.now() - began;
}

async function dripStart({ daemon }: Stage): Promise<void> {
  const took = await drip(await HelperClient.connect(daemon.pamSocket), START);
  assert.ok(took > 4000 && took < 7000, `START dripped for ${took} ms`);
  await daemon.line(({ event, reason }) => event === "peer-refused" && reason === "no START in time");
}

async function dripAnswer({ daemon }: Stage): Promise<void> {
  const helper = await HelperClient.connect(daemon.pamSocket);
  helper.send(start());
  await helper.nextOf("prompt");
  const took = await drip(helper, frameOf({ kind: "answer", given: true, text: "1".repeat(100) }));
  assert.ok(took > 4000 && took < 7000, `the answer dripped for ${took} ms`);
  assert.equal((await daemon.event("decision"))["reason"], "answer-timeout");
}

/** What a daemon sends to the module after its START. */
type Script = (socket: Socket, start: Start) => void;

const frame = (message: DaemonMessage): Buffer => encodeFrame(encodeDaemonMessage(message));
const welcome = (version = 1): Buffer => frame({ kind: "welcome", version, transaction: "t-1" });
const allow = ({ nonce }: Start): Buffer => frame({ kind: "verdict", verdict: "allow", nonce });

const TO_MODULE: readonly (readonly [name: string, code: string, script: Script])[] = [
  ["allow before WELCOME", "PAM_SYSTEM_ERR", (s, start) => s.write(allow(start))],
  [
    "allow with another nonce",
    "PAM_SYSTEM_ERR",
    (s) => s.write(Buffer.concat([welcome(), frame({ kind: "verdict", verdict: "allow", nonce: Buffer.alloc(16) })])),
  ],
  [
    "allow with a byte too many",
    "PAM_SYSTEM_ERR",
    (s, start) => s.write(Buffer.concat([welcome(), withTrailingByte(allow(start))])),
  ],
  [
    "allow behind a prompt, in one write",
    "PAM_AUTH_ERR",
    (s, start) => s.write(Buffer.concat([welcome(), frame({ kind: "prompt", echo: true, text: "?" }), allow(start)])),
  ],
  ["WELCOME twice", "PAM_SYSTEM_ERR", (s, start) => s.write(Buffer.concat([welcome(), welcome(), allow(start)]))],
  ["another version", "PAM_SERVICE_ERR", (s, start) => s.write(Buffer.concat([welcome(2), allow(start)]))],
  ["an oversized frame", "PAM_SYSTEM_ERR", (s) => s.write(Buffer.concat([welcome(), Buffer.from([0, 0, 16, 1])]))],
  ["a frame cut off", "PAM_AUTH_ERR", (s, start) => s.end(Buffer.concat([welcome(), allow(start).subarray(0, 20)]))],
  [
    "a WELCOME that drips in",
    "PAM_AUTH_ERR",
    (s) => dripTo(s, frame({ kind: "welcome", version: 1, transaction: "t".repeat(60) })),
  ],
];

describe("frames to the module, failmode=safe", { concurrency: 3, timeout: 40_000 }, () => {
  for (const [name, code, script] of TO_MODULE) {
    test(name, async (t) => {
      const socket = await scriptedDaemon(t, script);
      const login = await runModule({ socket, args: "failmode=safe timeout=10", answers: ["1"] });
      assert.equal(login.code, code);
      assert.ok(login.elapsedMs < 8000, `took ${login.elapsedMs} ms`);
    });
  }

  test("the same daemon without a fault lets the user in", async (t) => {
    const socket = await scriptedDaemon(t, (s, start) => s.write(Buffer.concat([welcome(), allow(start)])));
    assert.equal((await runModule({ socket })).code, "PAM_SUCCESS");
  });
});

function dripTo(socket: Socket, bytes: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(bytes.subarray(at, at + 1));
    at += 1;
  }, 200);
  socket.once("close", () => clearInterval(timer));
}

async function scriptedDaemon(t: TestContext, script: Script): Promise<string> {
  const path = join(privateFolder(t), "pam.sock");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const decoder = new FrameDecoder();
    // The module hangs up while bytes are under way.
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      for (const payload of decoder.push(bytes).payloads) {
        const message = decodeHelperMessage(payload);
        if (message.ok && message.value.kind === "start") script(socket, message.value);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(path, { force: true });
  });
  return path;
}
