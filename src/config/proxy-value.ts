// The value of http_proxy: where the proxy is and what it is told. SECURITY: nothing here quotes what was written, because
// it can hold a password. Used by options.ts; duo/ takes the result.

import { err, ok, type Result } from "../core/result.ts";
import { Secret } from "../core/secret.ts";
import { hostAndPort } from "./duo-values.ts";
import { type Complaint, complaint } from "./problem.ts";
import type { ValueType } from "./value-types.ts";

export interface HttpProxy {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** `user:password` as Basic authentication (RFC 7617) joins them, decoded; undefined when the proxy asks for none. */
  readonly credentials: Secret | undefined;
}

const REMEDY = "write http://proxy.example.org:3128, or http://user:password@proxy.example.org:3128";
const ENCODE = "write it percent-encoded: %40 for @, %3A for :, %25 for %";

/**
 * `[http://][user[:password]@]host[:port][/]`. The last @ ends the credentials, so that one inside them does no harm.
 * COMPAT(duo_unix): there the first @ ends them and nothing is decoded; here a % begins an encoded byte.
 */
export const httpProxy: ValueType<HttpProxy | undefined> = {
  label: "the URL of an HTTP proxy",
  read(raw) {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(raw);
    if (scheme !== null && scheme[1]?.toLowerCase() !== "http") {
      return bad("the proxy is spoken to in plain HTTP alone: not https, not SOCKS", REMEDY);
    }
    const rest = raw.slice(scheme?.[0].length ?? 0).replace(/\/$/, "");
    const at = rest.lastIndexOf("@");
    const place = readPlace(rest.slice(at + 1));
    if (place === undefined) return bad("behind http:// and any credentials there is no host with a port", REMEDY);
    if (at === -1) return ok(Object.freeze({ ...place, credentials: undefined }));
    const credentials = readCredentials(rest.slice(0, at));
    return credentials.ok ? ok(Object.freeze({ ...place, credentials: credentials.value })) : credentials;
  },
  show: () => "",
};

function readPlace(text: string): { readonly host: string; readonly port: number } | undefined {
  // An address without brackets would be read with the port that Duo has.
  if (/^[^[]*:.*:/.test(text)) return undefined;
  const hasPort = !/^(\[[^\]]*\]|[^:]*)$/.test(text);
  const place = hostAndPort.read(hasPort ? text : `${text}:80`);
  return place.ok ? place.value : undefined;
}

function readCredentials(text: string): Result<Secret, Complaint> {
  const colon = text.indexOf(":");
  const user = decode(colon === -1 ? text : text.slice(0, colon));
  const password = decode(colon === -1 ? "" : text.slice(colon + 1));
  if (user === undefined || password === undefined) return bad("the credentials have a % that encodes nothing", ENCODE);
  // RFC 7617 section 2: the proxy would take the rest of such a name for a part of the password.
  if (user.includes(":")) return bad("a user name with a : in it cannot be sent to a proxy", "use another name there");
  if (user === "") return bad("there is no user name before the @", REMEDY);
  if (/\p{Cc}/u.test(user + password)) return bad("the credentials have a control character", ENCODE);
  return ok(new Secret(`${user}:${password}`));
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function bad(message: string, remedy: string): Result<never, Complaint> {
  return err(complaint("bad-value", message, remedy));
}
