// Owns the reading of URL-encoded pairs as the server sees them, in the order sent.
// It keeps repeated keys, because the signature covers every pair. Called by the call reader and the push record.

/** One request parameter after decoding. */
export interface Pair {
  readonly key: string;
  readonly value: string;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

function decodeOne(text: string): string {
  const bytes: number[] = [];
  const raw = Buffer.from(text.replaceAll("+", " "), "utf8");
  for (let index = 0; index < raw.length; index += 1) {
    const byte = raw[index] ?? 0;
    if (byte !== 0x25) {
      bytes.push(byte);
      continue;
    }
    const hex = raw.toString("latin1", index + 1, index + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(hex)) throw new SyntaxError("bad percent escape");
    bytes.push(Number.parseInt(hex, 16));
    index += 2;
  }
  return strictUtf8.decode(Uint8Array.from(bytes));
}

function decodePair(part: string): Pair {
  const split = part.indexOf("=");
  const key = split < 0 ? part : part.slice(0, split);
  return { key: decodeOne(key), value: split < 0 ? "" : decodeOne(part.slice(split + 1)) };
}

/**
 * Decodes `k=v&k=v`. `+` is a space, as browsers and urllib send it; the canonical form is made anew from the values.
 * @returns `undefined` for a broken escape or bytes that are not UTF-8.
 */
export function parsePairs(text: string): readonly Pair[] | undefined {
  if (text === "") return [];
  try {
    return text.split("&").map(decodePair);
  } catch {
    return undefined;
  }
}
