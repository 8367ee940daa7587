// GET /rest/v1/check: are the keys right, and is the signature made as Duo wants it?

import { z } from "zod";
import type { DuoFailure } from "../../core/failure.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Client } from "../client.ts";
import { checkResponse } from "../envelope.ts";

const checkedResponse = z.literal("valid");

export async function checkV1(client: Client, signal: AbortSignal): Promise<Result<void, DuoFailure>> {
  const call = { stage: "ping", method: "GET", path: "/rest/v1/check", parameters: {}, repeatable: true } as const;
  const reply = await client.call(call, signal);
  if (!reply.ok) return reply;
  const checked = checkResponse(checkedResponse, reply.value, "ping");
  return checked.ok ? ok(undefined) : checked;
}
