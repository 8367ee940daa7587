// Every way in which a secret could be written into a text: what scrub.ts looks for. Pure.

/** A shorter word is no secret worth the name, and would tear holes into every text. */
export const LENGTH_MIN = 4;

/** Text is searched as UTF-8 and as Latin-1, which is how bytes of any encoding are searched. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const encoded = percentEncoded(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const texts = [secret, bytes.toString("latin1"), encoded, encoded.replace(/%../g, (one) => one.toLowerCase()), json];
  const forms = [...texts, ...base64Forms(bytes), bytes.toString("hex")];
  return [...new Set(forms)].filter(({ length }) => length >= LENGTH_MIN);
}

/**
 * Base64 depends on what stands before: of each of the three offsets the part that does not change. The first character of it
 * shares bits with what is before, the last with what follows, unless the bytes come out even.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const even = (before + bytes.length) % 3 === 0;
    const middle = whole.slice(before === 0 ? 0 : before + 1, even ? undefined : -1);
    return [middle, middle.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // Half of a character has no encoding.
    return text;
  }
}
