// Frames out of a stream: alike however it is cut, and never more than one frame is kept. fast-check prints the seed of a
// failure.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import { FRAME_MAX } from "../../src/wire/limits.ts";

const runs = { numRuns: 600 };

interface Read {
  readonly payloads: readonly string[];
  readonly failure: string | undefined;
}

function read(pieces: readonly Uint8Array[]): Read {
  const decoder = new FrameDecoder();
  const payloads: string[] = [];
  let failure: string | undefined;
  for (const piece of pieces) {
    const result = decoder.push(piece);
    payloads.push(...result.payloads.map((payload) => payload.toString("hex")));
    failure = result.failure?.code;
  }
  return { payloads, failure };
}

function cut(stream: Uint8Array, at: readonly number[]): readonly Uint8Array[] {
  const marks = [0, ...at.map((spot) => spot % (stream.length + 1)), stream.length].sort((a, b) => a - b);
  return marks.slice(1).map((mark, i) => stream.subarray(marks[i], mark));
}
const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe("frames", () => {
  it("come out alike however the stream is cut", () => {
    const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 6 });
    fc.assert(
      fc.property(payloads, cuts, (all, at) => {
        const wanted = { payloads: all.map((each) => Buffer.from(each).toString("hex")), failure: undefined };
        const stream = Buffer.concat(all.map(encodeFrame));
        assert.deepEqual(read([stream]), wanted);
        assert.deepEqual(read(cut(stream, at)), wanted);
      }),
      runs,
    );
  });

  it("end in the same failure however the stream is cut, and give nothing after it", () => {
    const stream = fc.array(fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(Buffer.from([0, 0, 0, 1, 7]))), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(stream, cuts, (parts, at) => {
        const whole = Buffer.concat(parts);
        const bytewise = read(Array.from(whole, (byte) => Buffer.from([byte])));
        assert.deepEqual(read([whole]), bytewise);
        assert.deepEqual(read(cut(whole, at)), bytewise);
      }),
      runs,
    );
  });

  it("of the largest size pass, and one byte more fails before it is kept", () => {
    assert.equal(read([encodeFrame(Buffer.alloc(FRAME_MAX))]).payloads.length, 1);
    assert.throws(() => encodeFrame(Buffer.alloc(FRAME_MAX + 1)), RangeError);
    assert.throws(() => encodeFrame(Buffer.alloc(0)), RangeError);
    const header = Buffer.alloc(4);
    header.writeUInt32BE(FRAME_MAX + 1);
    assert.equal(read([header]).failure, "oversized");
  });
});
