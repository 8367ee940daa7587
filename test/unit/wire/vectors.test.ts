// The shared vectors through the TypeScript codec: what the C suite asserts of the same file, this one asserts too.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, FrameDecoder } from "../../../src/wire/frame.ts";
import {
  type DaemonMessage,
  decodeDaemonMessage,
  decodeHelperMessage,
  encodeDaemonMessage,
  encodeHelperMessage,
  type HelperMessage,
} from "../../../src/wire/messages.ts";
import { type FrameVector, frameVectors, render } from "../../support/frame-vectors.ts";

const vectors = frameVectors();

function isFromHelper(message: HelperMessage | DaemonMessage): message is HelperMessage {
  return message.kind === "start" || message.kind === "answer";
}

function decode(
  vector: FrameVector,
  pieces: readonly Buffer[] = [vector.bytes],
): HelperMessage | DaemonMessage | string {
  const decoder = new FrameDecoder();
  for (const piece of pieces) {
    const { payloads, failure } = decoder.push(piece);
    if (failure !== undefined) return `failure ${failure.code}`;
    const payload = payloads[0];
    if (payload === undefined) continue;
    const message = vector.from === "helper" ? decodeHelperMessage(payload) : decodeDaemonMessage(payload);
    return message.ok ? message.value : `failure ${message.error.code}`;
  }
  return "more";
}

test("there are vectors for every message and failure", () => {
  assert.ok(vectors.length >= 60, `${vectors.length} vectors`);
});

for (const vector of vectors) {
  test(`vector ${vector.name}`, () => {
    const decoded = decode(vector);
    assert.equal(typeof decoded === "string" ? decoded : render(decoded), vector.expect);
    if (typeof decoded === "string" || vector.oneWay) return;
    const payload = isFromHelper(decoded) ? encodeHelperMessage(decoded) : encodeDaemonMessage(decoded);
    assert.deepEqual(encodeFrame(payload), vector.bytes);
  });

  test(`vector ${vector.name} decodes alike however it is split`, () => {
    const whole = decode(vector);
    for (let at = 1; at < vector.bytes.length; at += 1) {
      assert.deepEqual(decode(vector, [vector.bytes.subarray(0, at), vector.bytes.subarray(at)]), whole);
    }
    const bytes = Array.from(vector.bytes, (byte) => Buffer.from([byte]));
    assert.deepEqual(decode(vector, bytes), whole);
  });

  test(`vector ${vector.name}: a truncation is never a message, one byte more is a failure`, () => {
    if (vector.expect.startsWith("failure") || vector.oneWay) return;
    const payload = vector.bytes.subarray(4);
    for (let length = 1; length < payload.length; length += 1) {
      // A START may end after any fact, so a shorter one can be whole: then it must say something else.
      const shorter = decode({ ...vector, bytes: encodeFrame(payload.subarray(0, length)) });
      assert.notDeepEqual(shorter, decode(vector));
      if (vector.from === "daemon") assert.equal(typeof shorter, "string");
    }
    const longer = decode({ ...vector, bytes: encodeFrame(Buffer.concat([payload, Buffer.from([0])])) });
    assert.match(String(longer), /^failure (trailing-bytes|short-field)$/);
  });
}

test("only the allow vectors decode to allow", () => {
  const allows = vectors.filter((vector) => {
    const decoded = decode(vector);
    return typeof decoded !== "string" && decoded.kind === "verdict" && decoded.verdict === "allow";
  });
  assert.ok(allows.length > 0);
  for (const vector of allows) assert.match(vector.expect, /^VERDICT allow /);
});
