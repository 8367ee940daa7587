// What the control socket's paths do (docs/CONTROL.md): tell the state, forget remembered devices.

import type { ControlReply, ControlRoutes } from "../gateway/control-server.ts";
import type { TrustedDevices } from "../login/trusted-devices.ts";
import type { DaemonStatus } from "./daemon-status.ts";

export interface ControlSubjects {
  readonly status: () => DaemonStatus;
  readonly devices: TrustedDevices;
  /** A revocation is an administrator's act: it is logged. */
  readonly revoked: (user: string | undefined, count: number) => void;
}

export function controlRoutes({ status, devices, revoked }: ControlSubjects): ControlRoutes {
  return {
    "GET /status": () => ({ status: 200, body: status() }),
    "POST /trust/revoke": (body) => {
      const whom = whomToRevoke(body);
      if (whom === undefined) return bad('write {"user": NAME} or {"all": true}');
      const count = whom.all ? devices.revokeAll() : devices.revokeUser(whom.user);
      revoked(whom.all ? undefined : whom.user, count);
      return { status: 200, body: { revoked: count } };
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

function bad(error: string): ControlReply {
  return { status: 400, body: { error } };
}
