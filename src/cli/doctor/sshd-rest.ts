// Logins that no Match block has been told for: what sshd does with each, but for what is known already of most, of a block that is
// about it, or of a login that it differs from in less. Asks by its parameter; judges nothing itself.

import { ANYBODY, type SshdConnection } from "../../host/sshd.ts";
import type { SshdProbe } from "../../host/sshd-probes.ts";
import type { Finding } from "./finding.ts";

/** Findings, and which connections have been told about by them. */
export interface Told {
  readonly covers: (connection: SshdConnection) => boolean;
  readonly findings: readonly Finding[];
}

/** `ask` gives what is found for a connection, with this label. */
export async function restFindings(
  probes: readonly SshdProbe[],
  before: readonly Told[],
  ask: (connection: SshdConnection, label: string) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const told = [...before];
  const fresh: Finding[] = [];
  for (const { connection, traits } of probes) {
    const found = await ask(connection, `a login (${traits.join(", ")})`);
    const about = told.filter(({ covers }) => covers(connection));
    const known = new Set(about.flatMap(({ findings }) => findings.map(keyOf)));
    const findings = found.filter((one) => isGrave(one) && !known.has(keyOf(one)));
    fresh.push(...findings);
    told.push({ covers: (other) => isAlike(connection, other), findings });
  }
  return fresh;
}

const isGrave = ({ level }: Finding): boolean => level === "danger" || level === "warning";

/** The same whoever it is about: without the label. */
function keyOf({ id, seen }: Finding): string {
  return JSON.stringify([id, seen.replace(/^(?:Match .*?|a login \([^)]*\)): /, "")]);
}

/** `other` is like `one` in all that sets `one` apart. */
function isAlike(one: SshdConnection, other: SshdConnection): boolean {
  return (
    (one.user === ANYBODY.user || one.user === other.user) &&
    (one.address === ANYBODY.address || one.address === other.address) &&
    (one.host === undefined || one.host === other.host) &&
    (one.localPort === undefined || one.localPort === other.localPort)
  );
}
