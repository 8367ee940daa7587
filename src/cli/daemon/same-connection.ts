// Whether two sets of settings lead to the same application of the same Duo host in the same way, so that their logins can
// share connections, clock and outage state. Used by generation.ts.

import type { Config, DuoSettings } from "../../config/config.ts";
import { Secret } from "../../core/secret.ts";

/**
 * What a login does with Duo's answers, which no call to Duo depends on. SECURITY: an option that is not in this list
 * keeps services apart; one that is here by mistake would send a login over another service's connection.
 */
const POLICY: ReadonlySet<string> = new Set<keyof DuoSettings>([
  "autopush",
  "prompts",
  "pushinfo",
  "groups",
  "acceptEnvFactor",
  "identity",
  "fallbackLocalIp",
]);

export function sameConnection(a: DuoSettings, b: DuoSettings): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  // The text-prompt dialect tells Duo the failmode; v2 does not.
  if (a.api === "v2") names.delete("failmode");
  const [left, right] = [new Map<string, unknown>(Object.entries(a)), new Map<string, unknown>(Object.entries(b))];
  return [...names].filter((name) => !POLICY.has(name)).every((name) => same(left.get(name), right.get(name)));
}

/** The same applications with the same secrets, for [duo] and for every service. */
export function sameKeys(before: Config, after: Config): boolean {
  const keysOf = ({ duo, services }: Config) => [duo, ...services.values()];
  const has = (list: readonly DuoSettings[], { ikey, skey }: DuoSettings) =>
    list.some((one) => one.ikey === ikey && one.skey.equals(skey));
  const [old, young] = [keysOf(before), keysOf(after)];
  return old.every((one) => has(young, one)) && young.every((one) => has(old, one));
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Secret || b instanceof Secret) return a instanceof Secret && b instanceof Secret && a.equals(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  const others = new Map<string, unknown>(right);
  return (
    left.length === right.length && left.every(([name, value]) => others.has(name) && same(value, others.get(name)))
  );
}
