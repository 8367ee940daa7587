// Secret keys that systemd hands over as credentials, in the place of lines of the configuration: `skey` for [duo] and
// `skey.NAME` for [service:NAME]. Reads them, and puts them among the lines. Used by load.ts and parse.ts.

import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "../core/result.ts";
import { Secret } from "../core/secret.ts";
import type { Entry, ScannedLines } from "./lines.ts";
import { OPTIONS } from "./options.ts";
import { type Complaint, type ConfigProblem, complaint } from "./problem.ts";
import { serviceOfLabel } from "./section.ts";

export interface Credential {
  /** The credential's name, which is its file's. */
  readonly name: string;
  /** Undefined for [duo]. */
  readonly service: string | undefined;
  readonly value: Secret;
}

const MAX_BYTES = 4096;

/**
 * The credentials in the folder that $CREDENTIALS_DIRECTORY names; none where there is no such folder, because the unit
 * asks for it always. Others than secret keys are somebody else's.
 */
export async function readCredentials(
  folder: string,
): Promise<Result<readonly Credential[], readonly ConfigProblem[]>> {
  const found: Credential[] = [];
  const problems: ConfigProblem[] = [];
  for (const name of await namesIn(folder)) {
    const service = name === "skey" ? undefined : serviceOfLabel(name.replace("skey.", "service:"));
    if (name !== "skey" && service === undefined) continue;
    const value = await readOne(join(folder, name));
    if (value.ok) found.push({ name, service, value: value.value });
    else problems.push({ ...value.error, file: join(folder, name), line: undefined, key: "skey" });
  }
  return problems.length > 0 ? err(problems) : ok(found);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name === "skey" || name.startsWith("skey.")).sort();
  } catch {
    return [];
  }
}

/**
 * SECURITY: systemd made the folder, or root named it, so who owns the file says nothing: it is root with an access list
 * for the service's user, or that user. What others may read is refused all the same. 0440 is the list's mask and no
 * grant (trusted-file.ts).
 */
async function readOne(path: string): Promise<Result<Secret, Complaint>> {
  const remedy = "see LoadCredential= in duogated.service";
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile() || stats.size > MAX_BYTES) return err(complaint("bad-value", "this is no key", remedy));
      if ((stats.mode & 0o037) !== 0) return err(complaint("open-to-others", "other users can read it", remedy));
      return ok(new Secret((await file.readFile("utf8")).replace(/\r?\n$/, "")));
    } finally {
      await file.close();
    }
  } catch {
    return err(complaint("cannot-open", "the credential cannot be read", remedy));
  }
}

/** The lines, with each credential as the entry that it stands for; a key that comes twice, or for nothing, is a problem. */
export function withCredentials(scanned: ScannedLines, credentials: readonly Credential[], file: string): ScannedLines {
  const entries = [...scanned.entries];
  const problems = [...scanned.problems];
  const named = new Set(scanned.named);
  const report = (line: number, one: Complaint) => problems.push({ ...one, file, line, key: "skey" });
  for (const { name, service, value } of credentials) {
    const label = service === undefined ? "duo" : `service:${service}`;
    const section = scanned.sections.get(label);
    const line = entries.find((one) => isKeyOf(one, service))?.line;
    if (section === undefined) {
      report(
        1,
        complaint("unused-credential", `the credential ${name} is for [${label}], which is not there`, "add it"),
      );
    } else if (line !== undefined) {
      const message = `the credential ${name} says it as well`;
      report(line, complaint("duplicate-key", message, "remove this line, or the credential from the service"));
    } else {
      entries.push({ option: OPTIONS.skey, section, line: section.line, value: value.reveal() });
      if (service === undefined) named.add("skey");
    }
  }
  return { ...scanned, entries, problems, named, sections: scanned.sections };
}

function isKeyOf({ option, section }: Entry, service: string | undefined): boolean {
  return option === OPTIONS.skey && section.service === service;
}
