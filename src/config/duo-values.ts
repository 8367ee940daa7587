// The values that only [duo] has: keys, host and groups. SECURITY: nothing here quotes what was written, because a key
// pasted into the wrong line would then reach a terminal or a log; short patterns of groups are the exception. Used by options.ts.

import { isIP } from "node:net";
import { err, ok, type Result } from "../core/result.ts";
import { Secret } from "../core/secret.ts";
import { isAllNegated, patternFault } from "./group-patterns.ts";
import { type Complaint, complaint } from "./problem.ts";
import type { ValueType } from "./value-types.ts";

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

const HOST_REMEDY =
  "write the API hostname alone, such as api-1b2c3d4e.duosecurity.com, without https:// and without a path";
const PANEL =
  "copy it from the Duo Admin Panel: Applications, Protect an Application, Auth API (UNIX Application for api = unix)";

// The sample file's stand-ins; nothing real looks like them.
const PLACEHOLDER = /^(DI)?X+$|^api-X+\./i;

export const integrationKey: ValueType<string> = {
  label: "the integration key: 20 letters and digits that begin with DI",
  read(raw) {
    if (PLACEHOLDER.test(raw)) return placeholder("integration key");
    if (/^[A-Za-z0-9_-]{1,64}$/.test(raw)) return ok(raw);
    return bad("this cannot be an integration key: at most 64 letters, digits, - and _", PANEL);
  },
  show: (value) => value,
  warn: (value) =>
    /^DI[A-Z0-9]{18}$/.test(value) ? undefined : unusual("integration key", "20 characters from DI on"),
};

export const secretKey: ValueType<Secret> = {
  label: "the secret key: 40 letters and digits",
  read(raw) {
    if (PLACEHOLDER.test(raw)) return placeholder("secret key");
    if (/^[\x21-\x7e]{1,128}$/.test(raw)) return ok(new Secret(raw));
    return bad(
      "this cannot be a secret key: it has a space, a character outside ASCII, or more than 128 characters",
      PANEL,
    );
  },
  show: () => "",
  warn: (value) => (value.reveal().length === 40 ? undefined : unusual("secret key", "40 characters long")),
};

export const hostAndPort: ValueType<HostAndPort> = {
  label: "a host name or IP address, with :port if it is not 443",
  read(raw) {
    if (PLACEHOLDER.test(raw)) return placeholder("API hostname");
    const fault = urlPart(raw);
    if (fault !== undefined) return bad(`the host has ${fault}`, HOST_REMEDY);
    const { name, port } = splitPort(raw);
    if (!isHostName(name)) return bad("this is neither a host name nor an IP address", HOST_REMEDY);
    return port >= 1 && port <= 65535
      ? ok({ host: name.toLowerCase(), port })
      : bad("the port is not a number from 1 to 65535", HOST_REMEDY);
  },
  show: ({ host, port }) => (port === 443 ? host : `${host}:${port}`),
};

/**
 * Pattern lists, split as Duo Unix does: at spaces only, where a backslash before a space keeps it in the name. What a
 * pattern means is policy/'s business.
 */
export const groupList: ValueType<readonly string[]> = {
  label: "pattern lists with spaces between them; a backslash keeps a space inside a name",
  read(raw) {
    // A run of: backslash and space, or anything but a space.
    const tokens = (raw.match(/(\\ |[^ ])+/g) ?? []).map((token) => token.replaceAll("\\ ", " "));
    if (tokens.length > 255) {
      return bad("there are more than 255 pattern lists", "join some of them with commas or wildcards");
    }
    const fault = tokens.map(patternFault).find((one) => one !== undefined);
    return fault === undefined ? ok(Object.freeze(tokens)) : bad(fault.message, fault.remedy);
  },
  show: (value) => value.map((token) => token.replaceAll(" ", "\\ ")).join(" "),
  // COMPAT(duo_unix): accepted with a warning, as there: nobody matches, so nobody has to pass.
  warn(value) {
    if (!value.some(isAllNegated)) return undefined;
    const message = value.every(isAllNegated)
      ? "every pattern begins with !, so that no user has to pass at all"
      : "a list of ! patterns alone matches nobody, and takes nobody out of the other lists";
    return complaint("unusual-value", message, "write *,!name for everyone but the members of name");
  },
};

function urlPart(raw: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(raw)) return "a scheme such as https://";
  if (raw.includes("@")) return "a user name before @";
  return /[/?#\\]/.test(raw) ? "a path" : undefined;
}

/** `[v6]:port`, `[v6]`, `name:port`, or a name or address alone. A port that is not written in digits becomes NaN. */
function splitPort(raw: string): { name: string; port: number } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(raw);
  if (bracketed) {
    const name = bracketed[1] ?? "";
    return { name: isIP(name) === 6 ? name : "", port: portNumber(bracketed[2]) };
  }
  const colon = isIP(raw) === 6 ? -1 : raw.indexOf(":");
  return colon === -1
    ? { name: raw, port: 443 }
    : { name: raw.slice(0, colon), port: portNumber(raw.slice(colon + 1)) };
}

function portNumber(digits: string | undefined): number {
  if (digits === undefined) return 443;
  return /^[0-9]{1,5}$/.test(digits) ? Number(digits) : Number.NaN;
}

function isHostName(name: string): boolean {
  // A zone (`fe80::1%eth0`) is for link-local addresses, and no certificate names one.
  if (isIP(name) !== 0) return !name.includes("%");
  const labels = name.split(".");
  const fits = name.length <= 253 && labels.every((label) => /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/.test(label));
  // A last label of digits only is a mistyped IPv4 address; no top-level domain is one (RFC 3696 section 2).
  return fits && !/^[0-9]+$/.test(labels.at(-1) ?? "");
}

function placeholder(name: string): Result<never, Complaint> {
  return err(complaint("placeholder", `this is still the sample's stand-in for the ${name}`, PANEL));
}

function unusual(name: string, form: string): Complaint {
  return complaint("unusual-value", `Duo's own ${name} is ${form}; this one is not`, `if Duo refuses it, ${PANEL}`);
}

function bad(message: string, remedy: string): Result<never, Complaint> {
  return err(complaint("bad-value", message, remedy));
}
