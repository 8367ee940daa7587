// Which options Duo Unix knows, and how the value of each is read for duogate.conf. Pure. Used by translate.ts.

import {
  type Reading,
  readBoolean,
  readCafile,
  readFailmode,
  readGecosDelim,
  readGecosPosition,
  readHost,
  readProxy,
  readTimeout,
} from "./values.ts";

const TEXT = (value: string): Reading => (value === "" ? { value: undefined, says: "there is no value" } : { value });
const NO_EFFECT = (): Reading => ({ value: undefined, says: "the option has no effect in Duo Unix either. Left out" });

/** By key of Duo Unix; `prompts` and `groups` add up and are read apart. */
export const READERS: Readonly<Record<string, (value: string) => Reading>> = {
  ikey: TEXT,
  skey: TEXT,
  host: (value) => (value === "" ? TEXT(value) : readHost(value)),
  failmode: readFailmode,
  pushinfo: readBoolean,
  http_proxy: readProxy,
  autopush: readBoolean,
  verified_push: (value) => verifiedPush(readBoolean(value)),
  accept_env_factor: readBoolean,
  fallback_local_ip: readBoolean,
  https_timeout: readTimeout,
  send_gecos: readBoolean,
  gecos_delim: readGecosDelim,
  gecos_username_pos: readGecosPosition,
  cafile: readCafile,
  noverify: (value) => noVerify(readBoolean(value)),
  motd: (value) => motd(readBoolean(value)),
  gecos_parsed: NO_EFFECT,
  dev_fips_mode: NO_EFFECT,
};
/** What duogate.conf calls it. */
export const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["https_timeout", "request_timeout"],
  ["group", "groups"],
]);
/** Keys whose lines add up. */
export const ADDING: ReadonlySet<string> = new Set(["groups", "group", "prompts"]);

function verifiedPush({ value }: Reading): Reading {
  return value === "yes"
    ? { value }
    : { value: undefined, says: "verified push cannot be switched off here: Duo asks for it where its policy says so" };
}

function noVerify({ value, says: misread }: Reading): Reading {
  if (value !== "yes" || misread !== undefined) return { value: undefined };
  const says =
    "certificates are always checked here; to trust your own use cafile. Duo Unix trusted anyone on the way, who could have answered yes";
  return { value: undefined, says };
}

function motd({ value, says }: Reading): Reading {
  if (value !== "yes" || says !== undefined) return { value: undefined };
  return { value: undefined, says: "the message of the day is an argument here: write login_duogate -m" };
}
