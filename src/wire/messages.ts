// The messages of docs/PROTOCOL.md section 2 as values. decodeHelperMessage is what the daemon reads with;
// the other direction serves test helpers and holds both suites to the same vectors.

import { err, ok, type Result } from "../core/result.ts";
import type { VerdictKind } from "../core/verdict.ts";
import { FieldError, Reader, Writer } from "./fields.ts";
import {
  ANSWER_MAX,
  DISPLAY_MAX,
  FLAG_AGAIN,
  FLAG_INTERACTIVE,
  FLAG_SHOWS_MESSAGES,
  FLAG_UNATTENDED,
  MESSAGE_TYPE,
  NONCE_BYTES,
  TRANSACTION_MAX,
  VERDICT_CODE,
  type WireFailure,
} from "./limits.ts";
import { decodeFacts, encodeFacts, type StartFacts } from "./start-facts.ts";

export interface Start {
  readonly kind: "start";
  readonly version: number;
  readonly interactive: boolean;
  readonly showsMessages: boolean;
  readonly unattended: boolean;
  readonly again: boolean;
  readonly nonce: Buffer;
  readonly facts: StartFacts;
}
export type Answer =
  | { readonly kind: "answer"; readonly given: true; readonly text: string }
  | { readonly kind: "answer"; readonly given: false };
export type HelperMessage = Start | Answer;

export type DaemonMessage =
  | { readonly kind: "welcome"; readonly version: number; readonly transaction: string }
  | { readonly kind: "info" | "error"; readonly text: string }
  | { readonly kind: "prompt"; readonly echo: boolean; readonly text: string }
  | { readonly kind: "keepalive" }
  | { readonly kind: "verdict"; readonly verdict: VerdictKind; readonly nonce: Buffer };

export function encodeHelperMessage(message: HelperMessage): Buffer {
  const writer = new Writer();
  if (message.kind === "answer") {
    writer.u8(MESSAGE_TYPE.answer).u8(message.given ? 1 : 2);
    return writer.text(message.given ? message.text : "").payload();
  }
  const flags =
    (message.interactive ? FLAG_INTERACTIVE : 0) |
    (message.showsMessages ? FLAG_SHOWS_MESSAGES : 0) |
    (message.unattended ? FLAG_UNATTENDED : 0) |
    (message.again ? FLAG_AGAIN : 0);
  writer.u8(MESSAGE_TYPE.start).u8(message.version).u8(flags).raw(message.nonce);
  encodeFacts(writer, message.facts);
  return writer.payload();
}

export function decodeHelperMessage(payload: Buffer): Result<HelperMessage, WireFailure> {
  return decode(payload, (type, reader) => {
    if (type === MESSAGE_TYPE.start) return readStart(reader);
    if (type === MESSAGE_TYPE.answer) return readAnswer(reader);
    throw new FieldError("unknown-type");
  });
}

export function encodeDaemonMessage(message: DaemonMessage): Buffer {
  const writer = new Writer().u8(MESSAGE_TYPE[message.kind]);
  switch (message.kind) {
    case "welcome":
      return writer.u8(message.version).text(message.transaction).payload();
    case "info":
    case "error":
      return writer.text(message.text).payload();
    case "prompt":
      return writer
        .u8(message.echo ? 1 : 0)
        .text(message.text)
        .payload();
    case "keepalive":
      return writer.payload();
    case "verdict":
      return writer.u32(VERDICT_CODE[message.verdict]).raw(message.nonce).payload();
  }
}

export function decodeDaemonMessage(payload: Buffer): Result<DaemonMessage, WireFailure> {
  return decode(payload, readDaemonMessage);
}

function decode<T>(payload: Buffer, read: (type: number, reader: Reader) => T): Result<T, WireFailure> {
  const reader = new Reader(payload);
  try {
    const message = read(reader.u8(), reader);
    reader.end();
    return ok(message);
  } catch (error) {
    if (error instanceof FieldError) return err({ code: error.code });
    throw error;
  }
}

function readStart(reader: Reader): Start {
  const version = reader.u8();
  const flags = reader.u8();
  const nonce = Buffer.from(reader.bytes(NONCE_BYTES));
  const facts = decodeFacts(reader);
  return {
    kind: "start",
    version,
    interactive: (flags & FLAG_INTERACTIVE) !== 0,
    showsMessages: (flags & FLAG_SHOWS_MESSAGES) !== 0,
    unattended: (flags & FLAG_UNATTENDED) !== 0,
    again: (flags & FLAG_AGAIN) !== 0,
    nonce,
    facts,
  };
}

function readAnswer(reader: Reader): Answer {
  const status = reader.u8();
  if (status !== 1 && status !== 2) throw new FieldError("bad-value");
  const text = reader.text(0, status === 1 ? ANSWER_MAX : 0);
  return status === 1 ? { kind: "answer", given: true, text } : { kind: "answer", given: false };
}

function readDaemonMessage(type: number, reader: Reader): DaemonMessage {
  switch (type) {
    case MESSAGE_TYPE.welcome:
      return { kind: "welcome", version: reader.u8(), transaction: readTransaction(reader) };
    case MESSAGE_TYPE.info:
      return { kind: "info", text: reader.display(DISPLAY_MAX) };
    case MESSAGE_TYPE.error:
      return { kind: "error", text: reader.display(DISPLAY_MAX) };
    case MESSAGE_TYPE.prompt:
      return { kind: "prompt", echo: readBoolean(reader), text: reader.display(DISPLAY_MAX) };
    case MESSAGE_TYPE.keepalive:
      return { kind: "keepalive" };
    case MESSAGE_TYPE.verdict:
      return { kind: "verdict", verdict: readVerdict(reader), nonce: Buffer.from(reader.bytes(NONCE_BYTES)) };
    default:
      throw new FieldError("unknown-type");
  }
}

function readTransaction(reader: Reader): string {
  const text = reader.text(1, TRANSACTION_MAX);
  if (!/^[a-z0-9-]+$/.test(text)) throw new FieldError("bad-text");
  return text;
}

function readBoolean(reader: Reader): boolean {
  const value = reader.u8();
  if (value > 1) throw new FieldError("bad-value");
  return value === 1;
}

function readVerdict(reader: Reader): VerdictKind {
  const code = reader.u32();
  for (const kind of Object.keys(VERDICT_CODE) as VerdictKind[]) {
    if (VERDICT_CODE[kind] === code) return kind;
  }
  throw new FieldError("bad-value");
}
