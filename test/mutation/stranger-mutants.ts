// Mutants of what stands between strangers on this machine and everybody else's logins: what counts as an outage, how long a
// push holds its slot, which peers count for whom, what root's commands believe.

import { type Mutant, mutantsOf } from "./mutant.ts";

export const STRANGER_MUTANTS: readonly Mutant[] = [
  ...mutantsOf(
    "src/duo/peer-errors.ts",
    ["unit/duo/peer-errors"],
    [
      ['? "tls-nonsense" : "local"', '? "tls-nonsense" : "network"'],
      ['  "ECONNREFUSED",', '  "ECONNREFUSED", "EADDRNOTAVAIL",'],
      ['  "ECONNRESET",', '  "ECONNRESET", "EMFILE",'],
      ['  "EHOSTUNREACH",', '  "EHOSTUNREACH", "EPERM", "EACCES", "EINVAL",'],
      ['code.startsWith("ERR_SSL_") && !OPENSSL_LOCAL.test(code) ?', "false ?"],
    ],
  ),
  ...mutantsOf(
    "src/login/push-flight.ts",
    ["unit/login/push-flight", "unit/login/one-push"],
    [
      ['if (stage !== "auth") return false;', "return false;"],
      ["      return true;", "      return false;"],
      ['    this.#state = { kind: "sending" };', ""],
    ],
  ),
  ...mutantsOf(
    "src/login/push-followers.ts",
    ["unit/login/push-followers"],
    [
      ["if (flight.remainingMs === 0 || this.#closed) {", "if (true) {"],
      [" || this.#polls >= pollsAtOnce)", ")"],
      ["scope.stopAfter(flight.remainingMs);", ""],
    ],
  ),
  ...mutantsOf(
    "src/login/unread.ts",
    ["unit/login/unread", "unit/login/verified-push"],
    [["clock.now() - askedAt >= READING_MS", "true"]],
  ),
  ...mutantsOf(
    "src/gateway/refusal-summary.ts",
    ["unit/gateway/refusal-summary"],
    [
      ["&& count.written < OWN_LINES", ""],
      [
        "count.kind.uid === kind.uid && ",
        "",
        "those that share a count share its first lines, too: five more for each cause",
      ],
    ],
  ),
  ...mutantsOf(
    "src/gateway/login-pace.ts",
    ["unit/gateway/refusal-summary"],
    [["if (bucket.left < 1) return false;", ""]],
  ),
  ...mutantsOf(
    "src/gateway/peer-accounts.ts",
    ["unit/gateway/peer-accounts"],
    [
      ["if (uid === this.#parts.unmappedUid) return STRANGER;", ""],
      ["ranges.ownerOf(uid) ?? ranges.ownAs(name, uid) ??", "ranges.ownAs(name, uid) ??"],
    ],
  ),
  ...mutantsOf("src/gateway/giving-way.ts", ["integration/metrics-flood"], [["leaving(open)?.destroy()", "undefined"]]),
  ...mutantsOf(
    "src/cli/terminal-text.ts",
    ["unit/cli/terminal-text"],
    [["displayText(part, Number.MAX_SAFE_INTEGER)", "part"]],
  ),
];
