// sudo asked about itself, next to the PAM services that it would use. Gathers; the judgement is in sudo-findings.ts.

import { machineSource } from "../../host/pam/source.ts";
import type { RunProgram } from "../../host/program.ts";
import { sudoSettings } from "../../host/sudo.ts";
import { sudoServices } from "../../host/sudo-ways.ts";
import { type Finding, note } from "./finding.ts";
import { serviceFacts } from "./machine-facts.ts";
import { asksDuo, type PamFacts } from "./pam-findings.ts";
import { sudoFindings } from "./sudo-findings.ts";
import type { SudoPam } from "./sudo-service-findings.ts";

/** Nothing where no PAM service of sudo's asks Duo: that sudo does not is told with the PAM services. */
export async function sudoPart(run: RunProgram, pam: PamFacts): Promise<readonly Finding[]> {
  const found = sudoPam(pam);
  const settings = await sudoSettings(run);
  const used = settings.ok ? sudoServices(settings.value).map(({ service }) => service) : ["sudo", "sudo-i"];
  if (!used.some(found.asks)) return [];
  if (settings.ok) {
    // `sudo -i` next to a sudo that asks is told with the PAM services.
    const told = (service: string) => service === "sudo-i" && found.hasFile("sudo-i") && found.asks("sudo");
    return sudoFindings(settings.value, { ...found, asks: (service) => found.asks(service) || told(service) });
  }
  const { error } = settings;
  const seen = `sudo's settings could not be read (${error.code}): another PAM service, NOPASSWD and whose password it asks for were not looked for`;
  return [note("sudo", "sudo-unseen", seen, "run this as root; sudo -V shows them")];
}

/** What doctor knows of the PAM services of this machine, for sudo. */
export function sudoPam({ services }: PamFacts): SudoPam {
  const source = machineSource();
  const hasFile = (service: string) => services.has(service.toLowerCase());
  const facts = (service: string) => services.get(service.toLowerCase()) ?? serviceFacts(service, source);
  return { hasFile, asks: (service) => asksDuo(facts(service)) };
}
