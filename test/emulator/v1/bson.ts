// Owns the writing of BSON, as far as JSON values need it: the form of every reply under /rest/v1/*.bson.
// Written from the specification (bsonspec.org, version 1.1); it reads nothing back. Called by the v1 encoder.

const utf8 = (text: string): Buffer => Buffer.from(text, "utf8");

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** A name ends at its NUL, so it cannot hold one. */
function cstring(text: string): Buffer {
  if (text.includes("\0")) throw new TypeError("BSON: a key cannot hold NUL");
  return Buffer.concat([utf8(text), Buffer.of(0)]);
}

/** A string may hold NUL: its length, which counts the closing NUL, goes before it. */
function string(text: string): Buffer {
  const bytes = utf8(text);
  return Buffer.concat([int32(bytes.length + 1), bytes, Buffer.of(0)]);
}

function number(value: number): readonly [type: number, bytes: Buffer] {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return [0x10, int32(value)];
  const bytes = Buffer.alloc(8);
  if (Number.isSafeInteger(value)) {
    bytes.writeBigInt64LE(BigInt(value));
    return [0x12, bytes];
  }
  bytes.writeDoubleLE(value);
  return [0x01, bytes];
}

function typed(value: unknown): readonly [type: number, bytes: Buffer] {
  if (typeof value === "string") return [0x02, string(value)];
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return [0x08, Buffer.of(value ? 1 : 0)];
  if (value === null) return [0x0a, Buffer.alloc(0)];
  if (Array.isArray(value)) return [0x04, document(Object.entries(value))];
  if (typeof value === "object") return [0x03, encodeBson(value)];
  throw new TypeError(`BSON: a ${typeof value} has no form here`);
}

function element(key: string, value: unknown): Buffer {
  const [type, bytes] = typed(value);
  return Buffer.concat([Buffer.of(type), cstring(key), bytes]);
}

function document(entries: readonly (readonly [key: string, value: unknown])[]): Buffer {
  const body = Buffer.concat(entries.map(([key, value]) => element(key, value)));
  return Buffer.concat([int32(body.length + 5), body, Buffer.of(0)]);
}

/**
 * The BSON document of an object: strings, numbers (int32, then int64, then double), booleans, null, arrays, objects.
 * Properties that are `undefined` are left out, as JSON.stringify leaves them out.
 * @throws TypeError for a value of another kind, or a key with NUL.
 */
export function encodeBson(value: object): Buffer {
  return document(Object.entries(value).filter(([, entry]) => entry !== undefined));
}
