// Owns the bytes of a reply and the envelope of the Auth API, in JSON or in another form.
// It decides nothing about content. Called by the dispatcher and by the faults that bend a true reply.

import { failMessage, type Outcome } from "./outcome.ts";

/** A reply ready to be written. */
export interface Payload {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** The same reply with another `response`; only a success that is an envelope has it. */
  readonly bend?: (change: (response: unknown) => unknown) => Payload;
}

/** Turns an outcome into a reply; one per dialect. */
export type Encode = (outcome: Outcome) => Payload;

/** A form that an envelope can be written in. */
export interface Form {
  readonly contentType: string;
  readonly write: (value: object) => Buffer;
}

const json: Form = { contentType: "application/json", write: (value) => Buffer.from(JSON.stringify(value), "utf8") };

function payload(form: Form, status: number, value: object): Payload {
  return { status, contentType: form.contentType, body: form.write(value) };
}

function success(form: Form, response: unknown): Payload {
  const plain = payload(form, 200, { stat: "OK", response });
  return { ...plain, bend: (change) => success(form, change(response)) };
}

/** A JSON reply. */
export function jsonPayload(status: number, value: object): Payload {
  return payload(json, status, value);
}

/** The envelope: `stat` OK with `response`, or `stat` FAIL with code, message and the optional detail. */
export function encodeIn(form: Form): Encode {
  return (outcome) => {
    if (outcome.kind === "ok") return success(form, outcome.response);
    if (outcome.kind === "image") return { status: 200, contentType: "image/png", body: outcome.bytes };
    const failure = payload(form, Math.floor(outcome.code / 100), {
      stat: "FAIL",
      code: outcome.code,
      message: failMessage(outcome.code),
      ...(outcome.detail === undefined ? {} : { message_detail: outcome.detail }),
    });
    return outcome.headers === undefined ? failure : { ...failure, headers: outcome.headers };
  };
}

/** The envelope in JSON. */
export const encodeJson: Encode = encodeIn(json);
