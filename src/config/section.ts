// The sections of a configuration file: [duo], [gateway], and [service:NAME], whose lines stand in the place of [duo]'s for
// one PAM service. Pure. Used by lines.ts and parse.ts.

import { err, ok, type Result } from "../core/result.ts";
import { unknownSection } from "./known-keys.ts";
import type { SectionName } from "./option.ts";
import { SECTIONS } from "./options.ts";
import { type Complaint, complaint } from "./problem.ts";

export interface Section {
  /** As written between the brackets. */
  readonly label: string;
  /** Whose keys it takes. */
  readonly name: SectionName;
  /** The PAM service, for [service:NAME]. */
  readonly service: string | undefined;
}

const SERVICE = "service:";
/** docs/PROTOCOL.md has 64 bytes for a service name. */
const SERVICE_NAME = /^[a-z0-9_][a-z0-9._+@-]{0,63}$/;

/** The section that `[label]` begins. */
export function readSection(label: string): Result<Section, Complaint> {
  if (isSectionName(label)) return ok({ label, name: label, service: undefined });
  if (!label.startsWith(SERVICE)) return err(unknownSection(label));
  const service = label.slice(SERVICE.length);
  if (SERVICE_NAME.test(service)) return ok({ label, name: "duo", service });
  if (SERVICE_NAME.test(service.toLowerCase())) {
    // pam_set_item(3) makes them small, so that this section would never be used.
    const remedy = `write [${SERVICE}${service.toLowerCase()}]`;
    return err(complaint("bad-section", "PAM's service names have small letters only", remedy));
  }
  const remedy = "write the name of a file in /etc/pam.d, such as [service:sudo]";
  return err(complaint("bad-section", "this is no name of a PAM service", remedy));
}

/** The service of `service:NAME`; undefined for anything else. */
export function serviceOfLabel(label: string): string | undefined {
  const section = readSection(label);
  return section.ok ? section.value.service : undefined;
}

function isSectionName(name: string): name is SectionName {
  return Object.hasOwn(SECTIONS, name);
}
