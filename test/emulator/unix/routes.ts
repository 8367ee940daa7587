// Owns the two endpoints that Duo Unix 2.2 calls in its own dialect of v2; they share the paths of v2 and are told apart by
// their parameters, so they stand before it in the table. ping and auth_status are those of v2.

import { encodeJson } from "../http/payload.ts";
import type { Route } from "../http/route.ts";
import { auth } from "./auth.ts";
import { preauth } from "./preauth.ts";

/** The text-prompt dialect of Auth API v2. */
export const unixRoutes: readonly Route[] = [
  {
    endpoint: "preauth",
    method: "POST",
    path: "/auth/v2/preauth",
    signed: true,
    encode: encodeJson,
    handle: preauth,
    when: (params) => params.get("text_prompt") === "1",
  },
  {
    endpoint: "auth",
    method: "POST",
    path: "/auth/v2/auth",
    signed: true,
    encode: encodeJson,
    handle: auth,
    when: (params) => params.get("factor") === "prompt",
  },
];
