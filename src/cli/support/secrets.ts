// The secrets of this machine that a support bundle must not have: what the configuration's text has behind the names of keys,
// whether the file is valid or not, and what the environment has. SECURITY: they are held only to be searched for. Pure.

import { isSecretName } from "../../telemetry/safe-fields.ts";

const LINE = /^[ \t]*[#;]?[ \t]*([A-Za-z][A-Za-z0-9_-]*)[ \t]*=[ \t]*(.*?)[ \t\r]*$/;

/** Each key's value, from lines that are commented out too. Proxy credentials: whole, and in their parts. */
export function secretsOfConfig(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const [, key = "", value = ""] = LINE.exec(line) ?? [];
    if (/proxy/i.test(key)) return credentialsOf(value);
    return /skey|secret|akey/i.test(key) || isSecretName(key) ? [value] : [];
  });
}

/** Both of `http://user:password@host` and the password, as written and decoded. */
function credentialsOf(address: string): readonly string[] {
  const [, credentials] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^\s/]*)@/i.exec(address) ?? [];
  if (credentials === undefined) return [];
  const at = credentials.indexOf(":");
  const password = at < 0 ? "" : credentials.slice(at + 1);
  const written = [credentials, password];
  return [...written, ...written.map(decoded)].filter((one) => one !== "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Values of variables whose names say so. */
export function secretsOfEnvironment(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (/proxy/i.test(name)) return credentialsOf(value);
    return /key|secret|token|passw|passcode/i.test(name) ? [value] : [];
  });
}
