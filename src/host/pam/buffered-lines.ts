// The lines of a PAM file as Linux-PAM before 1.6 reads them: by fgets into one buffer of 1024 bytes, in which a continued line
// grows. A comment or an empty line inside of a continued line is passed over; what does not fit is read as a line of its own,
// the end of a long comment too. Pure.

const BUFFER_BYTES = 1024;
const LINE_FEED = 0x0a;

export interface BufferedLine {
  /** Bytes as Latin-1 characters. */
  readonly text: string;
  /** Where it begins: the number of its first physical line, from 1. */
  readonly line: number;
}

export interface Buffered {
  readonly lines: readonly BufferedLine[];
  /** libpam gives the whole file up. */
  readonly refused: boolean;
}

export function bufferedLines(bytes: Buffer): Buffered {
  const reader = new Reader(bytes);
  const lines: BufferedLine[] = [];
  for (;;) {
    const line = reader.next();
    if (typeof line === "string") return { lines, refused: line === "refused" };
    lines.push(line);
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  #number = 1;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** One line, put together from as many physical ones as it has. */
  next(): BufferedLine | "end" | "refused" {
    let text = "";
    let line: number | undefined;
    for (;;) {
      const room = BUFFER_BYTES - text.length - 1;
      if (room < 1) return "refused";
      if (this.#at >= this.#bytes.length) return line === undefined ? "end" : "refused";
      const number = this.#number;
      const chunk = this.#chunk(room);
      const words = chunk.replace(/^[ \n\t]+/, "");
      if (words === "" || words.startsWith("#")) continue;
      line ??= number;
      const goesOn = words.includes("#") ? undefined : /\\[ \t\n]*$/.exec(chunk)?.index;
      if (goesOn === undefined) return { text: `${text}${chunk.split("#")[0]}`.replaceAll("\n", " "), line };
      text += `${chunk.slice(0, goesOn)} `;
    }
  }

  /** What fgets gives: up to and with the end of the line, as much as there is room for. */
  #chunk(room: number): string {
    const end = this.#bytes.indexOf(LINE_FEED, this.#at);
    const whole = end < 0 ? this.#bytes.length : end + 1;
    const chunk = this.#bytes.toString("latin1", this.#at, Math.min(whole, this.#at + room));
    this.#at += chunk.length;
    if (chunk.endsWith("\n")) this.#number += 1;
    return chunk;
  }
}
