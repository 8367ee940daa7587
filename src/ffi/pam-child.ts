// The process that runs one PAM transaction for runPam: takes an order from its socket, blocks in libpam, asks the
// parent whenever libpam wants a conversation, reports, and ends. Must not be imported: loading it is running it.
// Blocking is the point here: libpam's conversation has to return with the answer, and this process has no other work.

import { readSync, writeSync } from "node:fs";
import { describeFailure } from "./failure.ts";
import { openLibc } from "./libc.ts";
import { jsonFrame, MAX_FRAME_BYTES, parseAnswers, type TransactionOrder } from "./pam-channel.ts";
import type { TransactionReport } from "./pam-report.ts";
import { runTransaction } from "./pam-transaction.ts";

/**
 * The socket that runPam set up as the fourth descriptor. Node marks inherited descriptors close-on-exec when it starts,
 * so no program that a module runs gets this one, which carries passwords; a test holds Node to it.
 */
const CHANNEL_FD = 3;

const opened = openLibc();
if (opened.ok) {
  const order: TransactionOrder = JSON.parse(receive().toString());
  send(
    runTransaction(opened.value, order, (messages) => {
      send({ kind: "messages", messages });
      return parseAnswers(receive());
    }),
  );
} else {
  send({ kind: "no-libpam", detail: describeFailure(opened.error) });
}

function send(report: TransactionReport): void {
  const bytes = jsonFrame(report);
  for (let at = 0; at < bytes.length; at += writeSync(CHANNEL_FD, bytes, at));
}

/** One frame's payload, waiting for it. Throws when the parent is gone, which fails the conversation it is part of. */
function receive(): Buffer {
  const length = receiveExactly(4).readUInt32BE();
  if (length > MAX_FRAME_BYTES) throw new RangeError("the parent's frame is too long");
  return receiveExactly(length);
}

function receiveExactly(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const got = readSync(CHANNEL_FD, bytes, at, length - at, null);
    if (got === 0) throw new Error("the parent has closed the channel");
    at += got;
  }
  return bytes;
}
