// Owns the bytes of a reply and the JSON envelope of Auth API v2.
// It decides nothing about content. Called by the dispatcher and by the faults that bend a true reply.

import { failMessage, type Outcome } from "./outcome.ts";

/** A reply ready to be written. */
export interface Payload {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Turns an outcome into a reply; one per dialect (JSON here, BSON possible). */
export type Encode = (outcome: Outcome) => Payload;

/** A JSON reply. */
export function jsonPayload(status: number, value: unknown): Payload {
  return { status, contentType: "application/json", body: Buffer.from(JSON.stringify(value), "utf8") };
}

/** The envelope: `stat` OK with `response`, or `stat` FAIL with code, message and the optional detail. */
export function encodeJson(outcome: Outcome): Payload {
  if (outcome.kind === "ok") return jsonPayload(200, { stat: "OK", response: outcome.response });
  if (outcome.kind === "image") return { status: 200, contentType: "image/png", body: outcome.bytes };
  return jsonPayload(Math.floor(outcome.code / 100), {
    stat: "FAIL",
    code: outcome.code,
    message: failMessage(outcome.code),
    ...(outcome.detail === undefined ? {} : { message_detail: outcome.detail }),
  });
}
