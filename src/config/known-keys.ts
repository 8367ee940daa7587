// What to say about a key or section that the table does not have: keys of Duo Unix that we do differently or not yet,
// names from other products, and near misses. Pure. Used by lines.ts.

import { ALL_OPTIONS, SECTIONS } from "./options.ts";
import { type Complaint, complaint } from "./problem.ts";

// Keys of Duo Unix's pam_duo.conf and login_duo.conf that an admin may bring along. COMPAT(duo_unix): refused, each
// with its own words, because to ignore one quietly would change who gets in or what is checked.
const DUO_UNIX: ReadonlyMap<string, readonly [message: string, remedy: string]> = new Map([
  [
    "noverify",
    ["certificate verification cannot be switched off", "remove the line; to trust your own certificates use cafile"],
  ],
  [
    "motd",
    ["login_duogate shows the message of the day when it is told to", "remove the line; write login_duogate -m"],
  ],
]);

const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["integration_key", "ikey"],
  ["client_id", "ikey"],
  ["secret_key", "skey"],
  ["client_secret", "skey"],
  ["api_host", "host"],
  ["api_hostname", "host"],
  ["apihost", "host"],
  ["fail_mode", "failmode"],
  ["ca_file", "cafile"],
  ["auto_push", "autopush"],
  ["socket_dir", "runtime_dir"],
]);

/** The option key that an unknown key most likely stands for. */
export function meantKey(key: string): string | undefined {
  const folded = key.toLowerCase().replaceAll("-", "_");
  return (
    OTHER_NAMES.get(folded) ??
    nearest(
      folded,
      ALL_OPTIONS.flatMap((one) => [one.key, ...one.aliases]),
    )
  );
}

/** What is wrong with a key that the section with this label does not have. */
export function unknownKey(section: string, key: string): Complaint {
  const known = DUO_UNIX.get(key.toLowerCase());
  if (known) return complaint("unsupported-key", ...known);
  const name = printableKey(key);
  const home = ALL_OPTIONS.find((one) => one.key === key || one.aliases.includes(key));
  if (home) {
    return complaint("unknown-key", `${name} does not belong in [${section}]`, `move the line to [${home.section}]`);
  }
  if (key.endsWith("[]")) {
    return complaint(
      "unknown-key",
      "keys with [] are not used here",
      "write the key once, without [], and all values on one line",
    );
  }
  const meant = meantKey(key);
  const remedy = meant === undefined ? "remove the line; docs/CONFIG.md lists every option" : `did you mean ${meant}?`;
  return complaint("unknown-key", `[${section}] has no option ${name}`, remedy);
}

/** What is wrong with a section that does not exist. */
export function unknownSection(name: string): Complaint {
  const sections = Object.keys(SECTIONS);
  const meant = nearest(name.trim().toLowerCase(), sections);
  const remedy =
    meant === undefined
      ? `use ${sections.map((one) => `[${one}]`).join(", ")} or [service:NAME]`
      : `did you mean [${meant}]?`;
  return complaint("unknown-section", "there is no such section", remedy);
}

/** SECURITY: a secret pasted without its key can look like a key; only what reads like one is shown. */
export function printableKey(key: string): string {
  return /^[A-Za-z][A-Za-z_-]{0,23}$/.test(key) ? key : "of this name";
}

function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 32) return undefined;
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      const replaced = (above[column - 1] ?? 0) + change;
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[b.length] ?? 0;
}
