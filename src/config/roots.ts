// Which certificates are trusted: duogate's own set, this machine's store, or the file that `cafile` names. Reads and
// judges them; builds no chain. Called by load.ts.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "../core/result.ts";
import { type CaCertificate, parseCertificates, readCaFile } from "./ca-file.ts";
import { type Complaint, complaint } from "./problem.ts";

export interface Roots {
  /** Where they were found. */
  readonly path: string;
  readonly certificates: readonly CaCertificate[];
  /** What the admin should know: a certificate that has expired or soon will. */
  readonly warnings: readonly Complaint[];
}

export interface RootsFault {
  readonly path: string;
  readonly complaints: readonly Complaint[];
}

/** Long enough for a new release of duogate, or a new file, to be there in time. */
export const EXPIRY_WARNING_MS = 90 * 24 * 60 * 60 * 1000;

/** Beside the program where it runs from its own folder, else where packages put data. */
const PINNED = [join(import.meta.dirname, "../../../conf/duo-roots.pem"), "/usr/share/duogate/duo-roots.pem"];
/** Debian and its kin; Fedora and its kin. The files themselves, because links are not followed. */
const SYSTEM = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"];

/** The certificates for `cafile`, at least one that has not expired. */
export async function readRoots(cafile: string | undefined, nowMs: number): Promise<Result<Roots, RootsFault>> {
  if (cafile === undefined) return judge(await firstOf(PINNED, readPinned), nowMs, "install a newer duogate");
  // The distribution looks after its store, and Duo uses few of its hundred and more: their dates would be noise. The root
  // that Duo's certificate does lead to is watched by duo/.
  if (cafile === "system") return judge(await firstOf(SYSTEM, readCaFile), nowMs, undefined);
  return judge({ path: cafile, read: await readCaFile(cafile) }, nowMs, "replace it with its successor");
}

type Read = Result<readonly CaCertificate[], Complaint>;
interface Found {
  readonly path: string;
  readonly read: Read;
}

/** The first that can be opened; the first one's fault when none can. */
async function firstOf(paths: readonly string[], read: (path: string) => Promise<Read>): Promise<Found> {
  const tried: Found[] = [];
  for (const path of paths) {
    const found = { path, read: await read(path) };
    if (found.read.ok || found.read.error.code !== "cannot-open") return found;
    tried.push(found);
  }
  return tried[0] ?? { path: "", read: err(complaint("cannot-open", "there is no such file", "name a file")) };
}

/** SECURITY: trusted as the program's own code is: whoever can write here can change that as well. */
async function readPinned(path: string): Promise<Read> {
  try {
    return parseCertificates(await readFile(path, "utf8"));
  } catch {
    const remedy = "install duogate again, or name a file with cafile";
    return err(complaint("cannot-open", "the certificates that come with duogate cannot be read", remedy));
  }
}

/** Without a `remedy` nothing is said of single certificates. */
function judge({ path, read }: Found, nowMs: number, remedy: string | undefined): Result<Roots, RootsFault> {
  if (!read.ok) return err({ path, complaints: [read.error] });
  if (read.value.every(({ expiresMs }) => expiresMs <= nowMs)) {
    const message = "every certificate in it has expired";
    return err({ path, complaints: [complaint("expired-certificate", message, remedy ?? "update this machine")] });
  }
  const soon = remedy === undefined ? [] : read.value.filter(({ expiresMs }) => expiresMs <= nowMs + EXPIRY_WARNING_MS);
  return ok({ path, certificates: read.value, warnings: soon.map((one) => expiry(one, nowMs, remedy ?? "")) });
}

/** An expired certificate among others is a warning, because bundles carry such. */
function expiry({ subject, expiresMs }: CaCertificate, nowMs: number, remedy: string): Complaint {
  const when = `${expiresMs <= nowMs ? "expired" : "expires"} on ${new Date(expiresMs).toISOString().slice(0, 10)}`;
  return complaint("expired-certificate", `the certificate "${subject}" ${when}`, remedy);
}
