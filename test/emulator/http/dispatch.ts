// Owns the way from a read request to a reply: route, signature, endpoint, encoding.
// A defect in an endpoint is answered with 50001 and reported, never swallowed. Called by the exchange.

import { type Integration, verify } from "../signature/verify.ts";
import type { World } from "../store/world.ts";
import type { Call } from "./call.ts";
import { fail, type Outcome } from "./outcome.ts";
import { encodeJson, type Payload } from "./payload.ts";
import { type ApiCall, type Found, paramsOf } from "./route.ts";

/** What a dispatch needs beside the request. */
export interface DispatchContext {
  readonly world: World;
  readonly integrations: readonly Integration[];
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** Told about a defect of the emulator. */
  readonly report: (defect: unknown) => void;
}

function repeatedParameter(call: Call): string | undefined {
  const pairs = call.bodyForm === "none" ? call.query : call.bodyPairs;
  const seen = new Set<string>();
  return pairs.find(({ key }) => seen.size === seen.add(key).size)?.key;
}

function refusal(found: Found, call: Call, context: DispatchContext): Outcome | undefined {
  if (found.kind === "none") return fail(40401);
  if (found.kind === "wrong-verb") return fail(40501);
  if (found.route.signed) {
    const verified = verify(call, context.integrations, context.nowMs);
    if (verified.kind === "refused") return fail(verified.code);
  }
  if (!call.wellFormed) return fail(40002);
  const repeated = repeatedParameter(call);
  return repeated === undefined ? undefined : fail(40002, repeated);
}

async function outcomeOf(found: Found, call: Call, context: DispatchContext): Promise<Outcome> {
  const refused = refusal(found, call, context);
  if (refused !== undefined || found.kind !== "route") return refused ?? fail(40401);
  const apiCall: ApiCall = {
    world: context.world,
    params: paramsOf(call),
    nowMs: context.nowMs,
    signal: context.signal,
  };
  try {
    return await found.route.handle(apiCall);
  } catch (defect) {
    context.report(defect);
    return fail(50001);
  }
}

/**
 * Answers one request. Never rejects.
 * Everything up to an endpoint's first wait happens before this returns, so a push exists once it was called.
 */
export async function dispatch(found: Found, call: Call, context: DispatchContext): Promise<Payload> {
  const encode = found.kind === "none" ? encodeJson : found.route.encode;
  return encode(await outcomeOf(found, call, context));
}
