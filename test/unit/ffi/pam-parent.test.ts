// Our end of the channel against a process that is a pair of hands: answers are framed, wiped once written, and never
// waited for longer than the process lives.

import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test } from "node:test";
import {
  jsonFrame,
  MAX_FRAME_BYTES,
  parseAnswers,
  type TransactionOrder,
  takeFrame,
} from "../../../src/ffi/pam-channel.ts";
import { serveChannel } from "../../../src/ffi/pam-parent.ts";
import type { TransactionReport } from "../../../src/ffi/pam-report.ts";

const ORDER: TransactionOrder = {
  service: "probe",
  user: "alice",
  confdir: undefined,
  items: [],
  env: [],
  steps: ["authenticate"],
  flags: 0,
};
const PROMPT: TransactionReport = { kind: "messages", messages: [{ style: "prompt-echo-off", text: "Password: " }] };
const FINISHED: TransactionReport = { kind: "finished", steps: [{ step: "authenticate", code: 0, text: "Success" }] };

test("answers are framed whole and wiped once written", async () => {
  const process = new FakeProcess();
  const ended = serveChannel(process, ORDER, async () => ["s\u00e9cret"], new AbortController().signal);
  assert.deepEqual(JSON.parse(payload(await process.written()).toString()), JSON.parse(JSON.stringify(ORDER)));
  process.release();
  // One byte at a time: a report may arrive in any pieces.
  for (const byte of jsonFrame(PROMPT)) process.channel.push(Buffer.of(byte));
  const answers = await process.written();
  assert.deepEqual(parseAnswers(payload(answers))?.map(String), ["s\u00e9cret"]);
  process.release();
  assert.ok(answers.every((byte) => byte === 0));
  process.channel.push(jsonFrame(FINISHED));
  process.exit("it ended with status 0");
  assert.deepEqual(await ended, { kind: "reported", report: FINISHED });
});

test("a process that ends while the user is asked ends the asking", async () => {
  const process = new FakeProcess();
  let released: AbortSignal | undefined;
  const ended = serveChannel(
    process,
    ORDER,
    (_messages, signal) => {
      released = signal;
      process.channel.push(null);
      process.exit("it ended with SIGSEGV");
      return new Promise(() => undefined);
    },
    new AbortController().signal,
  );
  await process.written();
  process.release();
  process.channel.push(jsonFrame(PROMPT));
  assert.deepEqual(await ended, { kind: "died", detail: "it ended with SIGSEGV" });
  assert.equal(released?.aborted, true);
});

test("what is no report kills the process", async () => {
  const tooLong = Buffer.alloc(4);
  tooLong.writeUInt32BE(MAX_FRAME_BYTES + 1);
  const odd = Buffer.from('{"kind":"finished","steps":[{"step":"root","code":0,"text":""}]}');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(odd.length);
  for (const bytes of [tooLong, Buffer.concat([length, odd])]) {
    const process = new FakeProcess();
    const ended = serveChannel(process, ORDER, async () => [], new AbortController().signal);
    process.channel.push(bytes);
    const end = await ended;
    assert.ok(end.kind === "died");
    assert.match(end.detail, /^it wrote no report \(.*\); it was killed$/s);
  }
});

function payload(bytes: Buffer): Buffer {
  const taken = takeFrame(bytes);
  assert.ok(taken !== undefined && taken.rest.length === 0);
  return taken.payload;
}

/** A process whose channel keeps each written buffer unfinished until the test has looked at it. */
class FakeProcess {
  readonly channel: Duplex;
  readonly exited: Promise<string>;
  exit: (how: string) => void = () => undefined;
  release: () => void = () => undefined;
  #seen: (bytes: Buffer) => void = () => undefined;
  #next: Promise<Buffer>;

  constructor() {
    this.exited = new Promise((resolve) => {
      this.exit = resolve;
    });
    this.#next = this.#expect();
    this.channel = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        this.release = done;
        this.#seen(chunk);
      },
    });
  }

  readonly kill = (): void => this.exit("it was killed");

  /** The next buffer, which stays unacknowledged until release(). */
  async written(): Promise<Buffer> {
    const bytes = await this.#next;
    this.#next = this.#expect();
    return bytes;
  }

  #expect(): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#seen = resolve;
    });
  }
}
