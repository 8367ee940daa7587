// GET /auth/v2/ping: is Duo there, and what time has it? Unsigned, so it works with a wrong clock and wrong keys.

import type { Clock } from "../../core/clock.ts";
import type { DuoFailure } from "../../core/failure.ts";
import type { Result } from "../../core/result.ts";
import type { ClockOffset } from "../clock-offset.ts";
import { checkResponse, openEnvelope } from "../envelope.ts";
import type { PingResult } from "../ping-result.ts";
import type { Transport } from "../transport.ts";
import { pingResponse } from "./schemas.ts";

/** Pings Duo and teaches `offset` the time it says. */
export async function ping(
  transport: Transport,
  clock: Clock,
  offset: ClockOffset,
  userAgent: string,
  signal: AbortSignal,
): Promise<Result<PingResult, DuoFailure>> {
  const sentAt = clock.wallMs();
  const headers = { "user-agent": userAgent, accept: "application/json" };
  const reply = await transport.send({ stage: "ping", method: "GET", path: "/auth/v2/ping", headers }, signal);
  if (!reply.ok) return reply;
  const response = openEnvelope(reply.value, "ping");
  if (!response.ok) return response;
  const checked = checkResponse(pingResponse, response.value, "ping");
  if (!checked.ok) return checked;
  const { time } = checked.value;
  return { ok: true, value: { time, believable: offset.learn(time, sentAt, clock.wallMs()) } };
}
