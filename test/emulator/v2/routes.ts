// Owns the table of Auth API v2: which path and verb lead to which endpoint.
// One endpoint, one file, one row.

import { encodeJson } from "../http/payload.ts";
import type { Route } from "../http/route.ts";
import { auth } from "./auth.ts";
import { authStatus } from "./auth-status.ts";
import { check } from "./check.ts";
import { enroll, enrollStatus } from "./enroll.ts";
import { logo } from "./logo.ts";
import { ping } from "./ping.ts";
import { preauth } from "./preauth.ts";

type Row = Pick<Route, "endpoint" | "method" | "signed" | "handle" | "stillWaiting">;

const stillWaiting = {
  auth_delayed: false,
  result: "waiting",
  status: "pushed",
  status_msg: "Pushed a login request to your device...",
};

const rows: readonly Row[] = [
  { endpoint: "ping", method: "GET", signed: false, handle: ping },
  { endpoint: "check", method: "GET", signed: true, handle: check },
  { endpoint: "logo", method: "GET", signed: true, handle: logo },
  { endpoint: "enroll", method: "POST", signed: true, handle: enroll },
  { endpoint: "enroll_status", method: "POST", signed: true, handle: enrollStatus },
  { endpoint: "preauth", method: "POST", signed: true, handle: preauth },
  { endpoint: "auth", method: "POST", signed: true, handle: auth },
  { endpoint: "auth_status", method: "GET", signed: true, handle: authStatus, stillWaiting },
];

/** Auth API v2. */
export const v2Routes: readonly Route[] = rows.map((row) => ({
  ...row,
  path: `/auth/v2/${row.endpoint}`,
  encode: encodeJson,
}));
