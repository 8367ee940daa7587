// One connection as messages: what is sent when, KEEPALIVE in between, violations, and nothing left of a passcode.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Channel } from "../../../src/gateway/channel.ts";
import { encodeFrame, FrameDecoder } from "../../../src/wire/frame.ts";
import { type DaemonMessage, encodeHelperMessage, type HelperMessage } from "../../../src/wire/messages.ts";
import { FakeClock, turn } from "../../support/fake-clock.ts";
import { FakeHelper, NONCE, start } from "../../support/fake-helper.ts";

const WELCOME: DaemonMessage = { kind: "welcome", version: 1, transaction: "t-1" };
const PROMPT: DaemonMessage = { kind: "prompt", echo: true, text: "?" };
const ALLOW: DaemonMessage = { kind: "verdict", verdict: "allow", nonce: NONCE };
const KEEPALIVE_MS = 5000;

function bench() {
  const clock = new FakeClock();
  const helper = new FakeHelper();
  const events: string[] = [];
  const messages: HelperMessage[] = [];
  const channel = new Channel(helper.socket, clock, {
    message: (message) => {
      messages.push(message);
      events.push(message.kind);
    },
    violation: (code) => events.push(`violation ${code}`),
    closed: () => events.push("closed"),
  });
  const send = async (...all: readonly DaemonMessage[]) => {
    const sent = all.map((message) => channel.send(message));
    await turn();
    return sent;
  };
  const welcomed = async () => {
    await helper.say(start());
    await send(WELCOME);
  };
  return { clock, helper, events, messages, channel, send, welcomed };
}

describe("Channel", () => {
  it("hands messages on, and sends in the order of the protocol", async () => {
    const { helper, events, send, welcomed } = bench();
    await welcomed();
    assert.deepEqual(await send({ kind: "info", text: "a" }, PROMPT, { kind: "error", text: "b" }), [
      true,
      true,
      false,
    ]);
    await helper.answer("1");
    assert.deepEqual(await send(ALLOW, { kind: "info", text: "late" }), [true, false]);
    assert.deepEqual(helper.kinds, ["welcome", "info", "prompt", "verdict"]);
    assert.deepEqual(events, ["start", "answer", "closed"]);
    assert.ok(helper.closed);
  });

  it("sends nothing before START, and no verdict while the user is asked", async () => {
    const { helper, send } = bench();
    assert.deepEqual(await send(WELCOME, PROMPT, ALLOW), [false, false, false]);
    await helper.say(start());
    assert.deepEqual(await send(ALLOW, WELCOME, PROMPT, ALLOW), [false, true, true, false]);
    assert.deepEqual(helper.kinds, ["welcome", "prompt"]);
  });

  it("takes a message in single bytes", async () => {
    const { helper, messages } = bench();
    for (const byte of encodeFrame(encodeHelperMessage(start()))) await helper.sayBytes(Buffer.from([byte]));
    assert.equal(messages.length, 1);
  });

  const ANSWER = encodeFrame(encodeHelperMessage({ kind: "answer", given: true, text: "x" }));
  const START = encodeFrame(encodeHelperMessage(start()));
  const violations: readonly (readonly [string, Buffer, string])[] = [
    ["an ANSWER that was not asked for", ANSWER, "out-of-turn"],
    ["a second START", START, "out-of-turn"],
    ["an empty frame", Buffer.from([0, 0, 0, 0]), "empty"],
    ["a frame that is too long", Buffer.from([0, 0, 0x10, 1]), "oversized"],
    ["a message of the daemon's", Buffer.from([0, 0, 0, 1, 0x84]), "unknown-type"],
    [
      "a byte too many",
      Buffer.concat([Buffer.from([0, 0, 0, 6]), ANSWER.subarray(4), Buffer.from([0])]),
      "trailing-bytes",
    ],
  ];
  for (const [name, bytes, code] of violations) {
    it(`is closed by ${name}, once`, async () => {
      const { helper, events, send, welcomed, clock } = bench();
      await welcomed();
      await helper.sayBytes(bytes);
      await helper.sayBytes(bytes);
      assert.deepEqual(events, ["start", `violation ${code}`, "closed"]);
      assert.ok(helper.closed);
      assert.deepEqual(await send(ALLOW), [false]);
      assert.equal(clock.pending, 0);
      assert.ok(!helper.kinds.includes("verdict"));
    });
  }

  it("is closed by what follows a START in the same bytes", async () => {
    const { helper, events } = bench();
    await helper.sayBytes(Buffer.concat([START, ANSWER]));
    assert.deepEqual(events, ["start", "violation out-of-turn", "closed"]);
  });

  it("looks at nothing that comes with the START to which it has given a verdict already", async () => {
    const helper = new FakeHelper();
    const events: string[] = [];
    const channel: Channel = new Channel(helper.socket, new FakeClock(), {
      message: () => {
        events.push(`${channel.send(WELCOME)} ${channel.send(ALLOW)}`);
      },
      violation: (code) => events.push(`violation ${code}`),
      closed: () => events.push("closed"),
    });
    await helper.sayBytes(Buffer.concat([START, ANSWER]));
    assert.deepEqual(events, ["true true", "closed"]);
    assert.equal(helper.verdict, "allow");
  });

  it("leaves no answer in the bytes that it has read, nor half a one when the helper goes", async (t) => {
    const wiped = t.mock.method(FrameDecoder.prototype, "wipe");
    const { helper, messages, send, welcomed } = bench();
    await welcomed();
    await send(PROMPT);
    // By hand: the encoder's own buffers would be found.
    const passcode = "5520718846401739";
    const frame = Buffer.alloc(4 + 4 + passcode.length);
    frame.writeUInt32BE(4 + passcode.length, 0);
    frame.set([2, 1, 0, passcode.length], 4);
    frame.write(passcode, 8);
    const pools = [Buffer.from("before").buffer];
    helper.socket.emit("data", frame);
    pools.push(Buffer.from("after").buffer);
    assert.deepEqual(messages.at(-1), { kind: "answer", given: true, text: passcode });
    assert.deepEqual(
      [frame, ...pools.map((pool) => Buffer.from(pool))].map((bytes) => bytes.includes(passcode)),
      [false, false, false],
    );
    await send(PROMPT);
    await helper.sayBytes(Buffer.from([0, 0]));
    const before = wiped.mock.callCount();
    await helper.leave();
    assert.equal(wiped.mock.callCount(), before + 1);
  });

  it("tells once that the helper has gone", async () => {
    const { helper, events, welcomed, channel, clock } = bench();
    await welcomed();
    await helper.leave();
    channel.destroy();
    await turn();
    assert.deepEqual(events, ["start", "closed"]);
    assert.equal(clock.pending, 0);
  });

  it("closes without a verdict when it is told to", async () => {
    const { helper, events, welcomed, channel } = bench();
    await welcomed();
    channel.destroy();
    await turn();
    assert.deepEqual([events, helper.kinds], [["start", "closed"], ["welcome"]]);
  });
});

describe("KEEPALIVE", () => {
  const count = (helper: FakeHelper) => helper.kinds.filter((kind) => kind === "keepalive").length;

  it("comes after five seconds without a frame, again and again", async () => {
    const { clock, helper, welcomed } = bench();
    await welcomed();
    clock.advance(KEEPALIVE_MS - 1);
    await turn();
    assert.equal(count(helper), 0);
    clock.advance(1);
    await turn();
    assert.equal(count(helper), 1);
    clock.advance(3 * KEEPALIVE_MS);
    await turn();
    assert.equal(count(helper), 4);
  });

  it("waits five seconds from the last frame", async () => {
    const { clock, helper, send, welcomed } = bench();
    await welcomed();
    clock.advance(4000);
    await send({ kind: "info", text: "x" });
    clock.advance(4999);
    await turn();
    assert.equal(count(helper), 0);
    clock.advance(1);
    await turn();
    assert.equal(count(helper), 1);
  });

  it("never comes while the user is asked, and comes again after the answer", async () => {
    const { clock, helper, send, welcomed, channel } = bench();
    await welcomed();
    await send(PROMPT);
    assert.ok(channel.prompting);
    assert.equal(clock.pending, 0, "a timer runs while the user is asked");
    clock.advance(80_000);
    await turn();
    assert.deepEqual([count(helper), clock.pending], [0, 0]);
    await helper.answer("1");
    clock.advance(KEEPALIVE_MS);
    await turn();
    assert.equal(count(helper), 1);
  });

  it("does not come before WELCOME or after the verdict, and leaves no timer", async () => {
    const { clock, helper, send } = bench();
    clock.advance(4 * KEEPALIVE_MS);
    await helper.say(start());
    await send(WELCOME, ALLOW);
    clock.advance(4 * KEEPALIVE_MS);
    await turn();
    assert.deepEqual([count(helper), clock.pending], [0, 0]);
  });
});

describe("a passcode", () => {
  it("is wiped from the bytes that came", async () => {
    const { helper, send, welcomed, messages } = bench();
    await welcomed();
    await send(PROMPT);
    const received: Buffer[] = [];
    helper.socket.prependListener("data", (bytes: Buffer) => received.push(bytes));
    const bytes = encodeFrame(encodeHelperMessage({ kind: "answer", given: true, text: "13371337" }));
    await helper.sayBytes(bytes.subarray(0, 9));
    await helper.sayBytes(bytes.subarray(9));
    assert.deepEqual(messages[1], { kind: "answer", given: true, text: "13371337" });
    assert.ok(received.length > 0);
    for (const each of received) assert.ok(each.every((byte) => byte === 0));
  });
});
