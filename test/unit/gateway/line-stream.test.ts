// A reader that is slow or has stopped: what it does not take is left out and counted, and nothing is kept for it.

import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { lineStream } from "../../../src/gateway/line-stream.ts";
import { turn } from "../../support/fake-clock.ts";

/** Takes one chunk at a time, when the test says so. */
class SlowReader extends Writable {
  readonly lines: string[] = [];
  #taken: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 64, decodeStrings: false });
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.lines.push(...chunk.trimEnd().split("\n"));
    this.#taken = done;
  }

  async take(): Promise<void> {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
    await turn();
  }
}

test("a reader that does not read costs no memory, and learns what it missed", async () => {
  const reader = new SlowReader();
  const stream = lineStream(reader);
  const value = { filler: "x".repeat(40) };
  for (let count = 0; count < 1000; count += 1) stream.write(value);
  assert.ok(reader.writableLength < 200, `${reader.writableLength} bytes are kept`);
  for (let count = 0; count < 10; count += 1) await reader.take();
  const sent = reader.lines.length - 1;
  assert.equal(reader.lines.at(-1), JSON.stringify({ notice: "lost", count: 1000 - sent }));
  stream.write({ again: true });
  await reader.take();
  assert.equal(reader.lines.at(-1), '{"again":true}');
});

test("a beginning is sent whole, and what comes right behind it is left out", async () => {
  const reader = new SlowReader();
  const stream = lineStream(reader);
  stream.begin(Array.from({ length: 50 }, (_, number) => ({ number })));
  stream.write({ number: 50 });
  await reader.take();
  assert.equal(reader.lines.length, 51);
  assert.deepEqual(reader.lines.slice(-2), ['{"number":49}', '{"notice":"lost","count":1}']);
});
