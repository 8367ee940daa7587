// Frames: a length and a payload (docs/PROTOCOL.md section 1). Pure byte work: it joins what arrives in pieces and
// checks the length before it keeps anything, so a peer can make it hold 4096 bytes and no more.

import type { WireFailure } from "./limits.ts";
import { FRAME_MAX } from "./limits.ts";

const HEADER_BYTES = 4;

/** One frame around `payload`. Throws a RangeError for a payload that cannot be sent: that is a defect of the caller. */
export function encodeFrame(payload: Uint8Array): Buffer {
  if (payload.length < 1 || payload.length > FRAME_MAX) throw new RangeError(`frame of ${payload.length} bytes`);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

export interface Decoded {
  /** Complete ones, in order; copies, free to keep. */
  readonly payloads: readonly Buffer[];
  readonly failure: WireFailure | undefined;
}

/** Splits a byte stream into payloads. After a failure it stays failed: the stream cannot be trusted any more. */
export class FrameDecoder {
  /** Only while a frame is under way: a login that waits for its user's phone keeps none. */
  #buffer: Buffer | undefined;
  #filled = 0;
  #failure: WireFailure | undefined;

  /** True while the first part of a frame has arrived and the rest has not. */
  get midFrame(): boolean {
    return this.#filled > 0;
  }

  /** Takes bytes; gives the payloads that they complete, and the failure that ended the stream, if one did. */
  push(bytes: Uint8Array): Decoded {
    const payloads: Buffer[] = [];
    for (let offset = 0; offset < bytes.length && this.#failure === undefined; ) {
      offset += this.#take(bytes, offset);
      const payload = this.#complete();
      if (payload !== undefined) payloads.push(payload);
    }
    return { payloads, failure: this.#failure };
  }

  /** Overwrites what is buffered: an ANSWER may hold a passcode. */
  wipe(): void {
    this.#buffer?.fill(0);
    this.#buffer = undefined;
    this.#filled = 0;
  }

  #take(bytes: Uint8Array, offset: number): number {
    this.#buffer ??= Buffer.alloc(HEADER_BYTES + FRAME_MAX);
    const wanted = this.#filled < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + this.#buffer.readUInt32BE(0);
    const part = bytes.subarray(offset, offset + wanted - this.#filled);
    this.#buffer.set(part, this.#filled);
    this.#filled += part.length;
    return part.length;
  }

  #complete(): Buffer | undefined {
    if (this.#buffer === undefined || this.#filled < HEADER_BYTES) return undefined;
    const length = this.#buffer.readUInt32BE(0);
    if (length === 0) this.#failure = { code: "empty" };
    else if (length > FRAME_MAX) this.#failure = { code: "oversized" };
    if (this.#failure !== undefined || this.#filled < HEADER_BYTES + length) return undefined;
    const payload = Buffer.from(this.#buffer.subarray(HEADER_BYTES, HEADER_BYTES + length));
    this.wipe();
    return payload;
  }
}
