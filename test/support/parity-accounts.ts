// The accounts that parity scenarios about groups, GECOS and su need. They are made in the sandbox's private /etc only.
// Called by test/parity.

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { SANDBOX_VARIABLE } from "./sandbox.ts";

/** Groups of the sandbox's users, and the GECOS field of each. alice has both, bob neither. */
const GROUPS = { "duo-users": ["alice", "carol"], "duo-exempt": ["carol"], "two words": ["alice"] } as const;
const GECOS: Readonly<Record<string, string>> = {
  alice: "Alice A.,room 1,alice.duo",
  bob: "",
  carol: "Carol|carol.duo",
};
const FIRST_GID = 61_000;

/** Writes the groups and GECOS fields. Throws outside the sandbox. */
export function makeParityAccounts(): void {
  if (process.env[SANDBOX_VARIABLE] === undefined) throw new Error("accounts are made inside the sandbox only");
  const groups = Object.entries(GROUPS).map(([name, users], i) => `${name}:x:${FIRST_GID + i}:${users.join(",")}\n`);
  appendFileSync("/etc/group", groups.join(""));
  const lines = readFileSync("/etc/passwd", "utf8").split("\n").map(withGecos);
  writeFileSync("/etc/passwd", lines.join("\n"));
}

function withGecos(line: string): string {
  const fields = line.split(":");
  const gecos = GECOS[fields[0] ?? ""];
  return gecos === undefined ? line : fields.with(4, gecos).join(":");
}
