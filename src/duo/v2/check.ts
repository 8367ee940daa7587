// GET /auth/v2/check: are the keys right, and is the signature made as Duo wants it?

import { z } from "zod";
import type { DuoFailure } from "../../core/failure.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Client } from "../client.ts";
import { checkResponse } from "../envelope.ts";

const checkedResponse = z.object({ time: z.number().int() });

export async function check(client: Client, signal: AbortSignal): Promise<Result<void, DuoFailure>> {
  const call = { stage: "ping", method: "GET", path: "/auth/v2/check", parameters: {}, repeatable: true } as const;
  const reply = await client.call(call, signal);
  if (!reply.ok) return reply;
  const checked = checkResponse(checkedResponse, reply.value, "ping");
  return checked.ok ? ok(undefined) : checked;
}
