// Did a reload change the keys? What was learnt under other keys, remembered devices above all, must not outlive them.

import type { Config, DuoSettings } from "../config/config.ts";

/** The same applications with the same secrets, for [duo] and for every service. */
export function sameKeys(before: Config, after: Config): boolean {
  const keysOf = ({ duo, services }: Config) => [duo, ...services.values()];
  const has = (list: readonly DuoSettings[], { ikey, skey }: DuoSettings) =>
    list.some((one) => one.ikey === ikey && one.skey.equals(skey));
  const [old, young] = [keysOf(before), keysOf(after)];
  return old.every((one) => has(young, one)) && young.every((one) => has(old, one));
}
