// Typed fields inside one payload: a reader that fails by throwing a private token caught in messages.ts, and a writer.
// No sockets, no message knowledge. docs/PROTOCOL.md section 1.

import type { WireFailure } from "./limits.ts";

/** Thrown by Reader and caught by the decoder of messages.ts; it never leaves wire/. */
export class FieldError extends Error {
  readonly code: WireFailure["code"];
  constructor(code: WireFailure["code"]) {
    super(code);
    this.code = code;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// PROTOCOL: section 1, `display`: C0 but LF and TAB, DEL, C1.
const CONTROL = /(?![\n\t])\p{Cc}/u;

export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  u8(): number {
    return this.bytes(1).readUInt8(0);
  }

  u32(): number {
    return this.bytes(4).readUInt32BE(0);
  }

  bytes(length: number): Buffer {
    if (this.#bytes.length - this.#at < length) throw new FieldError("short-field");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A `u16` length within the limits, and that many bytes. The limits are judged before the bytes are looked for. */
  block(min: number, max: number): Buffer {
    const length = this.bytes(2).readUInt16BE(0);
    if (length < min || length > max) throw new FieldError("bad-length");
    return this.bytes(length);
  }

  text(min: number, max: number): string {
    const bytes = this.block(min, max);
    if (bytes.includes(0)) throw new FieldError("bad-text");
    try {
      return utf8.decode(bytes);
    } catch {
      throw new FieldError("bad-text");
    }
  }

  display(max: number): string {
    const text = this.text(0, max);
    if (CONTROL.test(text)) throw new FieldError("bad-text");
    return text;
  }

  end(): void {
    if (!this.done) throw new FieldError("trailing-bytes");
  }
}

export class Writer {
  readonly #parts: Buffer[] = [];

  u8(value: number): this {
    this.#parts.push(Buffer.from([value]));
    return this;
  }

  u32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32BE(value);
    this.#parts.push(part);
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes));
    return this;
  }

  block(bytes: Uint8Array): this {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    this.#parts.push(length, Buffer.from(bytes));
    return this;
  }

  text(value: string): this {
    return this.block(Buffer.from(value));
  }

  payload(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
