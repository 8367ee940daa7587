// One call of `duogate api`: opens the way to Duo that the configuration describes, sends, takes the answer whole, and
// closes the way again. It judges nothing.

import type { DuoSettings } from "../../config/config.ts";
import { parseBounded } from "../../core/bounded-json.ts";
import { systemClock } from "../../core/clock.ts";
import type { DuoFailure, DuoStage } from "../../core/failure.ts";
import { ok, type Result } from "../../core/result.ts";
import { Client } from "../../duo/client.ts";
import { ClockOffset } from "../../duo/clock-offset.ts";
import { dialectOf } from "../../duo/dialect.ts";
import { openEnvelope } from "../../duo/envelope.ts";
import type { Parameters } from "../../duo/signature.ts";
import type { SignatureForm } from "../../duo/signature-form.ts";
import { createTransport, type Transport, type WireResponse } from "../../duo/transport.ts";
import type { Endpoint } from "./endpoints.ts";
import type { ApiVersion } from "./parameter-table.ts";

export interface ApiCall {
  readonly endpoint: Endpoint;
  readonly version: ApiVersion;
  readonly signature: SignatureForm;
  readonly parameters: Parameters;
}

/** What came back: the envelope as Duo sent it, or an image. */
export type Answer =
  | { readonly kind: "json"; readonly envelope: unknown; readonly response: unknown }
  | { readonly kind: "image"; readonly contentType: string; readonly bytes: Buffer };

export interface Reply {
  readonly result: Result<Answer, DuoFailure>;
  /** The last FAIL envelope, where the failure has one. */
  readonly failEnvelope: unknown;
}

export async function sendCall(duo: DuoSettings, call: ApiCall, userAgent: string): Promise<Reply> {
  // A blocking auth is answered when the user has decided, so it has the time of a poll.
  const blocking = call.endpoint.name === "auth" && call.parameters["async"] === undefined;
  const requestTimeoutMs = blocking ? duo.pollTimeoutMs : duo.requestTimeoutMs;
  const transport = createTransport({ ...duo, requestTimeoutMs }, systemClock);
  try {
    return await exchange(duo, call, userAgent, transport);
  } finally {
    await transport.close();
  }
}

async function exchange(duo: DuoSettings, call: ApiCall, userAgent: string, transport: Transport): Promise<Reply> {
  const { endpoint, version, signature, parameters } = call;
  const { signal } = new AbortController();
  const path = (version === "v1" ? endpoint.v1 : undefined) ?? endpoint.v2;
  let failEnvelope: unknown;
  const open = (reply: WireResponse, stage: DuoStage): Result<Answer, DuoFailure> => {
    const answer = openAnswer(reply, stage);
    failEnvelope = answer.ok ? undefined : jsonOf(reply.body);
    return answer;
  };
  const stage = stageOf(endpoint);
  if (!endpoint.signed) {
    const headers = { "user-agent": userAgent, accept: "application/json" };
    const reply = await transport.send({ stage, method: endpoint.method, path, headers }, signal);
    return { result: reply.ok ? open(reply.value, stage) : reply, failEnvelope };
  }
  const offset = new ClockOffset();
  const synchronise = async (): Promise<boolean> => {
    const ping = await dialectOf(version).ping(transport, systemClock, offset, userAgent, signal);
    return ping.ok && ping.value.time !== undefined && ping.value.believable;
  };
  const parts = { transport, clock: systemClock, offset, random: Math.random, synchronise };
  const client = new Client({ ...duo, userAgent, signature }, parts);
  // What cannot be sent twice is dated right at first.
  if (!endpoint.repeatable) await synchronise();
  const { method, repeatable } = endpoint;
  const accept = endpoint.name === "logo" ? "image/png, application/json" : undefined;
  const result = await client.exchange({ stage, method, path, parameters, repeatable, accept }, signal, open);
  return { result, failEnvelope };
}

function openAnswer(reply: WireResponse, stage: DuoStage): Result<Answer, DuoFailure> {
  if (reply.status === 200 && reply.contentType.startsWith("image/")) {
    return ok({ kind: "image", contentType: reply.contentType, bytes: reply.body });
  }
  const response = openEnvelope(reply, stage);
  if (!response.ok) return response;
  return ok({ kind: "json", envelope: jsonOf(reply.body), response: response.value });
}

function stageOf({ name }: Endpoint): DuoStage {
  if (name === "auth-status") return "auth_status";
  return name === "auth" || name === "preauth" ? name : "ping";
}

function jsonOf(body: Buffer): unknown {
  try {
    return parseBounded(body.toString());
  } catch {
    return undefined;
  }
}
