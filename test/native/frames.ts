// The daemon's half of docs/PROTOCOL.md in the smallest form that the tests of the C module need: raw builders, so that a test
// can also build what is wrong. It shares nothing with src/wire on purpose: a mistake there must not hide one in native/.
// Used by test/native only.

/** Verdict codes of PROTOCOL section 2. */
export const verdictCodes = {
  allow: 0x2d9b6e53,
  deny: 0x91c4a7f8,
  "max-tries": 0x78a5e41f,
  unavailable: 0xb3691dc6,
  aborted: 0x4ef25ba1,
  misconfigured: 0xe6173b8c,
} as const;

/** What a helper sent, decoded without mercy: a malformed frame throws. */
export interface Start {
  readonly version: number;
  readonly flags: number;
  readonly nonce: Buffer;
  readonly facts: ReadonlyMap<number, Buffer>;
}

/** An ANSWER: `text` is `undefined` when the helper cancelled. */
export interface Answer {
  readonly text: string | undefined;
}

/** A frame around a payload. */
export function frame(payload: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function welcome(version = 1, transaction = "t-1"): Buffer {
  return frame(Buffer.concat([Buffer.from([0x80, version]), text(transaction)]));
}

export function info(value: string | Buffer): Buffer {
  return frame(Buffer.concat([Buffer.from([0x81]), text(value)]));
}

export function error(value: string): Buffer {
  return frame(Buffer.concat([Buffer.from([0x82]), text(value)]));
}

export function prompt(value: string, echo = true): Buffer {
  return frame(Buffer.concat([Buffer.from([0x83, echo ? 1 : 0]), text(value)]));
}

export function keepalive(): Buffer {
  return frame(Buffer.from([0x84]));
}

export function verdict(code: number, nonce: Buffer): Buffer {
  const payload = Buffer.alloc(5 + nonce.length);
  payload.writeUInt8(0x85);
  payload.writeUInt32BE(code, 1);
  nonce.copy(payload, 5);
  return frame(payload);
}

/** Splits off the first whole frame's payload. */
export function takePayload(bytes: Buffer): { payload: Buffer; rest: Buffer } | undefined {
  if (bytes.length < 4) {
    return undefined;
  }
  const end = 4 + bytes.readUInt32BE();
  return bytes.length < end ? undefined : { payload: bytes.subarray(4, end), rest: bytes.subarray(end) };
}

export function parseStart(payload: Buffer): Start {
  if (payload[0] !== 0x01) {
    throw new Error(`expected START, got type ${payload[0]}`);
  }
  const facts = new Map<number, Buffer>();
  let at = 19;
  while (at < payload.length) {
    const tag = payload.readUInt8(at);
    const length = payload.readUInt16BE(at + 1);
    facts.set(tag, payload.subarray(at + 3, at + 3 + length));
    at += 3 + length;
  }
  return { version: payload.readUInt8(1), flags: payload.readUInt8(2), nonce: payload.subarray(3, 19), facts };
}

export function parseAnswer(payload: Buffer): Answer {
  if (payload[0] !== 0x02) {
    throw new Error(`expected ANSWER, got type ${payload[0]}`);
  }
  const length = payload.readUInt16BE(2);
  if (payload.length !== 4 + length) {
    throw new Error(`ANSWER of ${payload.length} bytes says ${length}`);
  }
  return { text: payload[1] === 1 ? payload.subarray(4).toString("utf8") : undefined };
}
