// The decoder's memory: what it holds, that a failure lasts, and that it can be wiped.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeFrame, FrameDecoder } from "../../../src/wire/frame.ts";

describe("FrameDecoder", () => {
  it("knows when it stands inside a frame", () => {
    const decoder = new FrameDecoder();
    const frame = encodeFrame(Buffer.from("abc"));
    assert.equal(decoder.midFrame, false);
    decoder.push(frame.subarray(0, 1));
    assert.equal(decoder.midFrame, true);
    decoder.push(frame.subarray(1, 6));
    assert.equal(decoder.midFrame, true);
    const done = decoder.push(frame.subarray(6));
    assert.deepEqual(done, { payloads: [Buffer.from("abc")], failure: undefined });
    assert.equal(decoder.midFrame, false);
  });

  it("stays failed", () => {
    const decoder = new FrameDecoder();
    assert.deepEqual(decoder.push(Buffer.from([0, 0, 0, 0])), { payloads: [], failure: { code: "empty" } });
    assert.deepEqual(decoder.push(encodeFrame(Buffer.from("a"))), { payloads: [], failure: { code: "empty" } });
  });

  it("gives payloads that are copies", () => {
    const decoder = new FrameDecoder();
    const frame = encodeFrame(Buffer.from("abc"));
    const first = decoder.push(frame);
    frame.fill(0);
    decoder.push(encodeFrame(Buffer.from("xyz")));
    assert.deepEqual(first, { payloads: [Buffer.from("abc")], failure: undefined });
  });

  it("writes over what it held, of a whole frame and of half a one", (t) => {
    const made: Buffer[] = [];
    const alloc = Buffer.alloc.bind(Buffer);
    t.mock.method(Buffer, "alloc", (size: number) => {
      const buffer = alloc(size);
      made.push(buffer);
      return buffer;
    });
    const frame = encodeFrame(Buffer.from("passcode"));
    const decoder = new FrameDecoder();
    assert.equal(decoder.push(frame).payloads.length, 1);
    decoder.push(frame.subarray(0, 11));
    assert.deepEqual(
      made.map((buffer) => buffer.includes("passcod")),
      [false, true],
    );
    decoder.wipe();
    assert.deepEqual(
      made.map((buffer) => buffer.includes("passcod")),
      [false, false],
    );
  });

  it("forgets what it holds when it is wiped", () => {
    const decoder = new FrameDecoder();
    decoder.push(encodeFrame(Buffer.from("123456")).subarray(0, 8));
    decoder.wipe();
    assert.equal(decoder.midFrame, false);
    assert.deepEqual(decoder.push(encodeFrame(Buffer.from("a"))), { payloads: [Buffer.from("a")], failure: undefined });
  });
});
