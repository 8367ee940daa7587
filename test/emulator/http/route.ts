// Owns the table that leads a request to its endpoint, and the questions a row answers.
// A dialect (v2, v1, the text prompts of Duo Unix) is a list of rows; earlier rows win. Called by dispatch.ts.

import type { Endpoint } from "../store/records.ts";
import type { World } from "../store/world.ts";
import type { Call } from "./call.ts";
import type { Outcome } from "./outcome.ts";
import type { Encode } from "./payload.ts";

/** What an endpoint is given. */
export interface ApiCall {
  readonly world: World;
  readonly params: ReadonlyMap<string, string>;
  /** The server's clock for this request, milliseconds since the epoch. */
  readonly nowMs: number;
  /** Fires when the client has gone or the emulator closes. */
  readonly signal: AbortSignal;
}

/** One endpoint of one dialect. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly signed: boolean;
  readonly encode: Encode;
  readonly handle: (call: ApiCall) => Outcome | Promise<Outcome>;
  /** Accepts signatures of version 1, which cover no date; the emulator's option has to permit it too. */
  readonly undated?: boolean;
  /** For a poll: the `response` that says "go on waiting". */
  readonly stillWaiting?: object;
  /** For dialects that share a path and differ in parameters; absent means always. */
  readonly when?: (params: ReadonlyMap<string, string>) => boolean;
}

/** Where a request leads. */
export type Found =
  | { readonly kind: "route"; readonly route: Route }
  | { readonly kind: "wrong-verb"; readonly route: Route }
  | { readonly kind: "none" };

/** The parameters as the endpoint reads them: from the body if there is one, else from the query. */
export function paramsOf(call: Call): ReadonlyMap<string, string> {
  const pairs = call.bodyForm === "none" ? call.query : call.bodyPairs;
  return new Map(pairs.map(({ key, value }) => [key, value]));
}

/** Looks the request up by path, then verb, then parameters. */
export function findRoute(routes: readonly Route[], call: Call, params: ReadonlyMap<string, string>): Found {
  const here = routes.filter(({ path, when }) => path === call.path && (when === undefined || when(params)));
  const route = here.find(({ method }) => method === call.method);
  if (route !== undefined) return { kind: "route", route };
  const other = here[0];
  return other === undefined ? { kind: "none" } : { kind: "wrong-verb", route: other };
}
