// The tagged facts of START (docs/PROTOCOL.md section 2). One table gives tag, limits and type; known tags at most
// once, unknown ones skipped, so that a newer helper can say more to an older daemon.

import { FieldError, type Reader, type Writer } from "./fields.ts";
import { FACT } from "./limits.ts";

export interface StartFacts {
  readonly user: string;
  readonly service: string;
  readonly rhost?: string | undefined;
  readonly tty?: string | undefined;
  readonly ruser?: string | undefined;
  readonly caller: number;
  readonly command?: string | undefined;
  readonly budget: number;
  readonly duoUser?: string | undefined;
  /** May be a passcode: never to be logged. */
  readonly factor?: string | undefined;
}

type FactName = keyof typeof FACT;
const NAMES = Object.keys(FACT) as FactName[];
const isNumber = (name: FactName): boolean => name === "caller" || name === "budget";

/** Reads facts to the end of the payload. */
export function decodeFacts(reader: Reader): StartFacts {
  const numbers = new Map<FactName, number>();
  const texts = new Map<FactName, string>();
  while (!reader.done) {
    const tag = reader.u8();
    const name = NAMES.find((known) => FACT[known].tag === tag);
    if (name === undefined) {
      reader.block(0, 0xffff);
      continue;
    }
    if (numbers.has(name) || texts.has(name)) throw new FieldError("duplicate-fact");
    const { min, max } = FACT[name];
    if (isNumber(name)) numbers.set(name, reader.block(min, max).readUInt32BE(0));
    else texts.set(name, reader.text(min, max));
  }
  return {
    user: required(texts.get("user")),
    service: required(texts.get("service")),
    rhost: texts.get("rhost"),
    tty: texts.get("tty"),
    ruser: texts.get("ruser"),
    caller: required(numbers.get("caller")),
    command: texts.get("command"),
    budget: required(numbers.get("budget")),
    duoUser: texts.get("duoUser"),
    factor: texts.get("factor"),
  };
}

export function encodeFacts(writer: Writer, facts: StartFacts): void {
  for (const name of NAMES) {
    const value = facts[name];
    if (value === undefined) continue;
    writer.u8(FACT[name].tag).block(typeof value === "number" ? numberBytes(value) : Buffer.from(value));
  }
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new FieldError("missing-fact");
  return value;
}
