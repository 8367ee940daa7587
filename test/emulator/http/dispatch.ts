// Owns the way from a read request to a reply: route, signature, rate limit, endpoint, encoding.
// A defect in an endpoint is answered with 50001 and reported, never swallowed. Called by the exchange.

import { type Integration, verify } from "../signature/verify.ts";
import type { World } from "../store/world.ts";
import type { Call } from "./call.ts";
import { fail, type Outcome } from "./outcome.ts";
import { encodeJson, type Payload } from "./payload.ts";
import { type ApiCall, type Found, paramsOf, type Route } from "./route.ts";

/** What a dispatch needs beside the request. */
export interface DispatchContext {
  readonly world: World;
  readonly integrations: readonly Integration[];
  /** Whether routes that know version 1 signatures may accept them. */
  readonly undated: boolean;
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

/** A user in every dialect's words; by the account's own name, so that an alias is no way round a limit. */
function userOf({ directory }: World, params: ReadonlyMap<string, string>): string | undefined {
  const name = params.get("username") ?? params.get("user");
  if (name !== undefined) return directory.byUsername(name)?.name ?? name;
  return directory.byUserId(params.get("user_id") ?? "")?.name;
}

function rateRefusal({ endpoint }: Route, call: Call, { world, nowMs }: DispatchContext): Outcome | undefined {
  const limit = world.policy.rateLimit;
  if (limit === null) return undefined;
  const headers = world.rateLimiter.admit(limit, { endpoint, user: userOf(world, paramsOf(call)), nowMs });
  return headers === undefined ? undefined : { kind: "fail", code: 42901, headers };
}

function signedRefusal(route: Route, call: Call, context: DispatchContext): Outcome | undefined {
  // A disabled key is to Duo as one it never gave out.
  const integrations = context.world.policy.integrationDisabled ? [] : context.integrations;
  const verified = verify(call, integrations, context.nowMs, context.undated && route.undated === true);
  return verified.kind === "refused" ? fail(verified.code) : rateRefusal(route, call, context);
}

function refusal(found: Found, call: Call, context: DispatchContext): Outcome | undefined {
  if (found.kind === "none") return fail(40401);
  if (found.kind === "wrong-verb") return fail(40501);
  const refused = found.route.signed ? signedRefusal(found.route, call, context) : undefined;
  if (refused !== undefined) return refused;
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
