// How Duo Unix reads its own files, byte for byte (lib/ini.c, section 1.2 of its behaviour): what it takes for a setting, where
// it would have stopped, and what a human would not expect. Pure; it knows no option. Used by translate.ts.
//
//   | line, without the blanks around it | becomes |
//   |---|---|
//   | begins with blanks, after a key | the whole line is one more value of that key; not when it begins with `;` |
//   | begins with `;` or `#` | nothing |
//   | `[name]` | nothing but the end of a continuation: the name is never looked at |
//   | `key = value` | a setting; ` ;` ends the value |
//   | anything else | an error, at which Duo Unix stops reading |

export interface DuoUnixSetting {
  readonly kind: "setting";
  readonly line: number;
  readonly key: string;
  readonly value: string;
  /** A line that begins with a blank, and so adds to the key of a line before. */
  readonly continued: boolean;
  /** The comment that was cut off behind ` ;`. */
  readonly cutOff: string | undefined;
}

export interface DuoUnixFault {
  readonly kind: "fault";
  readonly line: number;
  readonly reason: "no-equals" | "open-section" | "byte-order-mark";
}

export interface DuoUnixSplit {
  readonly kind: "split";
  /** The line in the file that is too long; what follows counts as a line of its own. */
  readonly line: number;
}

export type DuoUnixEvent = DuoUnixSetting | DuoUnixFault | DuoUnixSplit;

/** fgets(3) with a buffer of 200 bytes. */
const READ_MAX_BYTES = 199;

/** Not \s: in Latin-1 that takes in bytes of letters. */
const BLANK_SEMICOLON = /[ \t\v\f\r];/;

/** Everything that the file says, in order, faults included: unlike Duo Unix, this reads on after one. */
export function readDuoUnix(text: string): readonly DuoUnixEvent[] {
  // Latin-1: one character for each byte, because Duo Unix counts bytes.
  const bytes = Buffer.from(text).toString("latin1");
  const events: DuoUnixEvent[] = [];
  let previousKey = "";
  for (const { read, line, first, isCut } of readsOf(bytes)) {
    if (isCut && first) events.push({ kind: "split", line });
    const event = oneRead(read, line, previousKey);
    if (event === "section") previousKey = "";
    else if (event !== undefined) {
      if (event.kind === "setting") previousKey = event.key;
      events.push(event);
    }
  }
  return events;
}

interface Read {
  readonly read: string;
  /** Counted in the file, so that an editor finds it. */
  readonly line: number;
  readonly first: boolean;
  /** The line goes on in another read. */
  readonly isCut: boolean;
}

function* readsOf(bytes: string): Generator<Read> {
  for (const [index, whole] of bytes.split("\n").entries()) {
    let rest = whole;
    do {
      const read = rest.slice(0, READ_MAX_BYTES);
      rest = rest.slice(READ_MAX_BYTES);
      const first = read.length + rest.length === whole.length;
      // A C string ends at its first NUL.
      yield { read: read.replace(/\0.*$/s, ""), line: index + 1, first, isCut: rest !== "" };
    } while (rest !== "");
  }
}

function oneRead(read: string, line: number, previousKey: string): DuoUnixEvent | "section" | undefined {
  const text = trim(read);
  if (text === "") return undefined;
  if (line === 1 && text.startsWith("\u00ef\u00bb\u00bf")) return { kind: "fault", line, reason: "byte-order-mark" };
  if (previousKey !== "" && /^[ \t\v\f\r]/.test(read)) {
    if (text.startsWith(";")) return undefined;
    return { kind: "setting", line, key: previousKey, value: decode(text), continued: true, cutOff: undefined };
  }
  if (/^[;#]/.test(text)) return undefined;
  if (text.startsWith("[")) return readSection(text) ? "section" : { kind: "fault", line, reason: "open-section" };
  return readAssignment(text, line);
}

function readSection(text: string): boolean {
  const end = text.indexOf("]");
  const comment = text.slice(1).search(BLANK_SEMICOLON);
  return end !== -1 && (comment === -1 || end <= comment + 1);
}

function readAssignment(text: string, line: number): DuoUnixEvent {
  const equals = text.indexOf("=");
  const comment = text.search(BLANK_SEMICOLON);
  if (equals === -1 || (comment !== -1 && comment < equals)) return { kind: "fault", line, reason: "no-equals" };
  const key = trim(text.slice(0, equals));
  const whole = trim(text.slice(equals + 1));
  const end = whole.search(BLANK_SEMICOLON);
  const value = end === -1 ? whole : trim(whole.slice(0, end));
  const cutOff = end === -1 ? undefined : decode(trim(whole.slice(end)));
  return { kind: "setting", line, key: decode(key), value: decode(value), continued: false, cutOff };
}

/** isspace(3) in the C locale. */
function trim(text: string): string {
  return text.replace(/^[ \t\n\v\f\r]+/, "").replace(/[ \t\n\v\f\r]+$/, "");
}

function decode(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}
