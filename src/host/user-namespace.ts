// What this process sees of peers outside its user namespace: the kernel shows every uid that is not mapped here as the
// overflow uid, which is also the number of the account nobody. Reads two files of /proc.
// Source: user_namespaces(7).

import { textOrEmpty } from "./text-or-empty.ts";

/** Linux's own number, where /proc/sys is hidden. */
const OVERFLOW_UID = 65_534;
const ALL_UIDS = 4_294_967_295;

/** The uid that stands for all that are not mapped; undefined where all are, and 65534 is nobody and nobody else. */
export function unmappedUid(proc = "/proc"): number | undefined {
  const [inside, outside, count] = textOrEmpty(`${proc}/self/uid_map`).trim().split(/\s+/).map(Number);
  if (inside === 0 && outside === 0 && count === ALL_UIDS) return undefined;
  const said = textOrEmpty(`${proc}/sys/kernel/overflowuid`).trim();
  return said === "" ? OVERFLOW_UID : Number(said);
}
