// GET /rest/v1/ping: is Duo there? Its "pong" has no time in it; the HTTP Date header of the answer has, and is as well
// protected by TLS. Unsigned.

import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import type { DuoFailure } from "../../core/failure.ts";
import { ok, type Result } from "../../core/result.ts";
import type { ClockOffset } from "../clock-offset.ts";
import { checkResponse, openEnvelope } from "../envelope.ts";
import type { PingResult } from "../ping-result.ts";
import type { Transport } from "../transport.ts";

const pong = z.literal("pong");

/** Pings Duo and teaches `offset` the time of the Date header, if there is one that can be read. */
export async function pingV1(
  transport: Transport,
  clock: Clock,
  offset: ClockOffset,
  userAgent: string,
  signal: AbortSignal,
): Promise<Result<PingResult, DuoFailure>> {
  const sentAt = clock.wallMs();
  const headers = { "user-agent": userAgent, accept: "application/json" };
  const reply = await transport.send({ stage: "ping", method: "GET", path: "/rest/v1/ping", headers }, signal);
  if (!reply.ok) return reply;
  const response = openEnvelope(reply.value, "ping");
  if (!response.ok) return response;
  const checked = checkResponse(pong, response.value, "ping");
  if (!checked.ok) return checked;
  const time = httpDateSeconds(reply.value.date);
  if (time === undefined) return ok({ time, believable: true });
  return ok({ time, believable: offset.learn(time, sentAt, clock.wallMs()) });
}

/** Seconds since 1970 of an HTTP date (RFC 9110, 5.6.7); Date.parse alone takes nearly anything. */
function httpDateSeconds(value: string | undefined): number | undefined {
  if (value === undefined || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) {
    return undefined;
  }
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at / 1000;
}
