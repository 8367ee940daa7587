// The three ways in which a call can be signed, and what each means for the request's target, body and content type.
// Pure; called by client.ts for every single try, so that no try carries an old date.

import type { Secret } from "../core/secret.ts";
import { authorization, canonicalParameters, type Parameters, type RequestToSign } from "./signature.ts";
import { authorizationV5 } from "./signature-v5.ts";

/**
 * `v2`: form body, HMAC-SHA512; what Duo's clients and Duo Unix send. `v2-sha1`: the same with HMAC-SHA1, as the document
 * of API v1 says. `v5`: JSON body, with hashes of body and X-Duo headers.
 */
export type SignatureForm = "v2" | "v2-sha1" | "v5";

export interface Unsigned {
  /** RFC 2822, what the Date header will carry. */
  readonly date: string;
  readonly method: "GET" | "POST";
  readonly host: string;
  readonly path: string;
  readonly parameters: Parameters;
}

export interface Signed {
  /** Path with the query of a GET. */
  readonly target: string;
  readonly body: string | undefined;
  readonly contentType: string | undefined;
  readonly authorization: string;
}

export function sign(form: SignatureForm, request: Unsigned, ikey: string, skey: Secret): Signed {
  const canonical = canonicalParameters(request.parameters);
  return form === "v5" ? signV5(request, canonical, ikey, skey) : signV2(form, request, canonical, ikey, skey);
}

function signV2(form: "v2" | "v2-sha1", request: Unsigned, canonical: string, ikey: string, skey: Secret): Signed {
  const digest = form === "v2" ? "sha512" : "sha1";
  const header = authorization({ ...request, parameters: canonical }, ikey, skey, digest);
  if (request.method === "GET") return get(request.path, canonical, header);
  const contentType = "application/x-www-form-urlencoded";
  return { target: request.path, body: canonical, contentType, authorization: header };
}

function signV5(request: Unsigned, canonical: string, ikey: string, skey: Secret): Signed {
  const common: Omit<RequestToSign, "parameters"> = request;
  if (request.method === "GET") {
    const toSign = { ...common, parameters: canonical, body: "", headers: [] };
    return get(request.path, canonical, authorizationV5(toSign, ikey, skey));
  }
  const body = JSON.stringify(request.parameters);
  const header = authorizationV5({ ...common, parameters: "", body, headers: [] }, ikey, skey);
  return { target: request.path, body, contentType: "application/json", authorization: header };
}

function get(path: string, canonical: string, header: string): Signed {
  const target = canonical === "" ? path : `${path}?${canonical}`;
  return { target, body: undefined, contentType: undefined, authorization: header };
}
