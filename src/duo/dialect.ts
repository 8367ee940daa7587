// One API dialect as the service uses it: the calls of a login, the ping, and the check of the keys. The only place that
// knows which dialects there are.

import type { Clock } from "../core/clock.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import type { DuoApi } from "./api.ts";
import type { Client } from "./client.ts";
import type { ClockOffset } from "./clock-offset.ts";
import type { PingResult } from "./ping-result.ts";
import type { SignatureForm } from "./signature-form.ts";
import type { Transport } from "./transport.ts";
import { createUnixApi } from "./unix/adapter.ts";
import { createV1Api } from "./v1/adapter.ts";
import { checkV1 } from "./v1/check.ts";
import { pingV1 } from "./v1/ping.ts";
import { createV2Api } from "./v2/adapter.ts";
import { check } from "./v2/check.ts";
import { ping } from "./v2/ping.ts";

/** `v2`: as documented. `v1`: the legacy API. `unix`: v2 with the text prompts that Duo Unix 2.2 uses. */
export type DuoDialect = "v2" | "v1" | "unix";

export interface Dialect {
  readonly signature: SignatureForm;
  /** Unsigned: works with wrong keys and a wrong clock. Teaches `offset` what it learns. */
  ping(
    transport: Transport,
    clock: Clock,
    offset: ClockOffset,
    userAgent: string,
    signal: AbortSignal,
  ): Promise<Result<PingResult, DuoFailure>>;
  check(client: Client, signal: AbortSignal): Promise<Result<void, DuoFailure>>;
  /** `failmode` is what the unix dialect tells Duo about this machine. */
  createApi(client: Client, failmode: "safe" | "secure"): DuoApi;
}

const DIALECTS: Readonly<Record<DuoDialect, Dialect>> = {
  v2: { signature: "v2", ping, check, createApi: createV2Api },
  v1: { signature: "v2-sha1", ping: pingV1, check: checkV1, createApi: createV1Api },
  unix: { signature: "v2", ping, check, createApi: createUnixApi },
};

export function dialectOf(name: DuoDialect): Dialect {
  return DIALECTS[name];
}
