// What `duogate api` prints: Duo's JSON made safe for a terminal, and a logo in words. Pure.

/** JSON as the documents print it. What a terminal could take for a command is escaped; the value stays the same. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    Array.from({ length: character.length }, (_, i) => escaped(character.charCodeAt(i))).join(""),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}

const PNG_SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
/** Signature, length, IHDR, width, height. */
const PNG_HEAD_BYTES = 24;

/** `image/png, 120 x 40 pixels, 3201 bytes`. The pixels only where the bytes are a PNG's. */
export function describeImage(contentType: string, bytes: Buffer): string {
  const type = contentType.split(";")[0]?.trim() ?? "";
  const safeType = /^image\/[a-z0-9.+-]{1,40}$/.test(type) ? type : "an image of an odd type";
  const isPng = bytes.length >= PNG_HEAD_BYTES && bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE);
  const pixels = isPng ? `, ${bytes.readUInt32BE(16)} x ${bytes.readUInt32BE(20)} pixels` : "";
  return `${safeType}${pixels}, ${bytes.length} bytes`;
}
