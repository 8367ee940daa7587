// Owns the table of API v1, each endpoint twice: with JSON replies, and under the suffix .bson with BSON ones.
// Duo Unix spoke the second form until 1.12; Debian 12's pam_duo 1.11.3 still does.

import { type Encode, encodeIn, encodeJson } from "../http/payload.ts";
import type { Route } from "../http/route.ts";
import { auth, status } from "./auth.ts";
import { encodeBson } from "./bson.ts";
import { preauth } from "./preauth.ts";
import { check, logo, ping } from "./small.ts";

type Row = Pick<Route, "endpoint" | "method" | "signed" | "handle" | "stillWaiting"> & { readonly name: string };

const stillWaiting = { status: "Pushed a login request to your device..." };

const rows: readonly Row[] = [
  { name: "ping", endpoint: "ping", method: "GET", signed: false, handle: ping },
  { name: "check", endpoint: "check", method: "GET", signed: true, handle: check },
  { name: "logo", endpoint: "logo", method: "GET", signed: true, handle: logo },
  { name: "preauth", endpoint: "preauth", method: "POST", signed: true, handle: preauth },
  { name: "auth", endpoint: "auth", method: "POST", signed: true, handle: auth },
  { name: "status", endpoint: "auth_status", method: "GET", signed: true, handle: status, stillWaiting },
];

function routesIn(suffix: string, encode: Encode): readonly Route[] {
  return rows.map(({ name, ...row }) => ({ ...row, path: `/rest/v1/${name}${suffix}`, undated: true, encode }));
}

/** API v1; `status` counts as auth_status in records and faults. */
export const v1Routes: readonly Route[] = [
  ...routesIn("", encodeJson),
  ...routesIn(".bson", encodeIn({ contentType: "application/bson", write: encodeBson })),
];
