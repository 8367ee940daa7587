// Owns the bytes between runPam and the process that runs its transaction: length-prefixed frames; JSON for what is
// public, plain bytes for answers, which must not become JavaScript strings on the far side. Pure: no descriptors.
// Used by pam.ts and pam-child.ts, which are always of the same build.

import { PAM_LIMIT, type PamStep, type PamStyle } from "./pam-codes.ts";
import type { TransactionReport } from "./pam-report.ts";

/** What one transaction is to do. Holds nothing secret. */
export interface TransactionOrder {
  readonly service: string;
  readonly user: string;
  readonly confdir: string | undefined;
  readonly items: readonly (readonly [item: number, value: string])[];
  readonly env: readonly string[];
  readonly steps: readonly PamStep[];
  readonly flags: number;
}

export interface PamMessage {
  readonly style: PamStyle;
  readonly text: string;
}

const HEADER_BYTES = 4;
/** Above anything 32 messages can fill; a longer frame means that the stream is not ours. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** One frame: length, then the payload. */
export function frame(payload: Buffer): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + payload.length);
  bytes.writeUInt32BE(payload.length);
  payload.copy(bytes, HEADER_BYTES);
  return bytes;
}

export function jsonFrame(value: TransactionOrder | TransactionReport): Buffer {
  return frame(Buffer.from(JSON.stringify(value)));
}

/** The first frame of `bytes` and what follows it; undefined while it is incomplete. Throws on an impossible length. */
export function takeFrame(bytes: Buffer): { readonly payload: Buffer; readonly rest: Buffer } | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const length = bytes.readUInt32BE();
  if (length > MAX_FRAME_BYTES) throw new RangeError(`a frame of ${length} bytes is not ours`);
  const end = HEADER_BYTES + length;
  return bytes.length < end ? undefined : { payload: bytes.subarray(HEADER_BYTES, end), rest: bytes.subarray(end) };
}

/** Whether libpam can take this answer: PAM_MAX_RESP_SIZE counts the NUL, and a NUL inside would cut it short. */
export function answerFits(answer: string): boolean {
  return !answer.includes("\0") && Buffer.byteLength(answer) < PAM_LIMIT.answerBytes;
}

/**
 * The frame of the answers: one byte of count, then two bytes of length and the text of each. A frame without a
 * payload stands for "no answer" and becomes PAM_CONV_ERR. The caller wipes it once it is sent.
 */
export function answersFrame(answers: readonly string[] | undefined): Buffer {
  if (answers === undefined) return frame(Buffer.alloc(0));
  const sizes = answers.map((answer) => Buffer.byteLength(answer));
  const total = 1 + sizes.reduce((sum, size) => sum + 2 + size, 0);
  const bytes = Buffer.alloc(HEADER_BYTES + total);
  bytes.writeUInt32BE(total);
  let at = bytes.writeUInt8(answers.length, HEADER_BYTES);
  for (const answer of answers) {
    at = bytes.writeUInt16BE(Buffer.byteLength(answer), at);
    at += bytes.write(answer, at);
  }
  return bytes;
}

/** The answers as views into `payload`, which the caller wipes; undefined for "no answer". */
export function parseAnswers(payload: Buffer): readonly Buffer[] | undefined {
  if (payload.length === 0) return undefined;
  const answers: Buffer[] = [];
  let at = 1;
  for (let left = payload.readUInt8(); left > 0; left--) {
    const start = at + 2;
    at = start + payload.readUInt16BE(at);
    if (at > payload.length) throw new RangeError("answers frame cut short");
    answers.push(payload.subarray(start, at));
  }
  return answers;
}
