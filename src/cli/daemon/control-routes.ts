// What the control socket's paths do (docs/CONTROL.md): tell the state, the metrics and the decisions, forget remembered
// devices, take a changed configuration.

import type { Result } from "../../core/result.ts";
import { DECISIONS_KEPT, type DecisionStats } from "../../gateway/decision-stats.ts";
import { type HttpReply, type HttpRoutes, refusal } from "../../gateway/http-routes.ts";
import type { TrustedDevices } from "../../login/trusted-devices.ts";
import type { DaemonStatus } from "./daemon-status.ts";

export interface ControlSubjects {
  readonly status: () => DaemonStatus;
  readonly metrics: () => Promise<HttpReply>;
  readonly stats: DecisionStats;
  readonly devices: TrustedDevices;
  /** A revocation is an administrator's act: it is logged. */
  readonly revoked: (user: string | undefined, count: number) => void;
  /** Resolves when the new configuration is in force; the error says what is wrong with it. */
  readonly reload: () => Promise<Result<undefined, string>>;
}

const LAST_DEFAULT = 20;
const FOLLOWERS_MAX = 16;

export function controlRoutes({ status, metrics, stats, devices, revoked, reload }: ControlSubjects): HttpRoutes {
  return {
    "/status": { GET: () => ({ status: 200, body: status() }) },
    "/metrics": { GET: metrics },
    "/decisions": {
      GET: ({ query }) => withLast(query, (last) => ({ status: 200, body: { decisions: stats.last(last) } })),
    },
    "/decisions/follow": { GET: ({ query }) => withLast(query, (last) => follow(stats, last)) },
    "/reload": {
      async POST() {
        const reloaded = await reload();
        return reloaded.ok ? { status: 200, body: { reloaded: true } } : refusal(409, reloaded.error);
      },
    },
    "/trust/revoke": {
      POST({ body }) {
        const whom = whomToRevoke(body);
        if (whom === undefined) return refusal(400, 'write {"user": NAME} or {"all": true}');
        const count = whom.all ? devices.revokeAll() : devices.revokeUser(whom.user);
        revoked(whom.all ? undefined : whom.user, count);
        return { status: 200, body: { revoked: count } };
      },
    },
  };
}

function withLast(query: URLSearchParams, use: (last: number) => HttpReply): HttpReply {
  for (const name of query.keys()) if (name !== "last") return refusal(400, "this path takes last=NUMBER alone");
  const text = query.get("last") ?? String(LAST_DEFAULT);
  const last = /^\d{1,4}$/.test(text) ? Number(text) : undefined;
  if (last === undefined || last > DECISIONS_KEPT)
    return refusal(400, `write last as a number up to ${DECISIONS_KEPT}`);
  return use(last);
}

/** The last ones, oldest first, then a line that says so, then each that comes. */
function follow(stats: DecisionStats, last: number): HttpReply {
  if (stats.followers >= FOLLOWERS_MAX) return refusal(503, `${FOLLOWERS_MAX} readers follow already`);
  return {
    status: 200,
    start(lines) {
      lines.begin([...[...stats.last(last)].reverse(), { notice: "live" }]);
      return stats.follow((decision) => lines.write(decision));
    },
  };
}

type Whom = { readonly all: true } | { readonly all: false; readonly user: string };

function whomToRevoke(body: unknown): Whom | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  if ("all" in body) return body.all === true ? { all: true } : undefined;
  return "user" in body && typeof body.user === "string" && body.user !== ""
    ? { all: false, user: body.user }
    : undefined;
}
