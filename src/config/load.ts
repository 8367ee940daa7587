// The way from a path to a usable Config: the file's own safety, its text, and the certificates that it names. The only
// entry for main and cli/; everything it does not accept is a list of problems, never an exception.

import { type Clock, systemClock } from "../core/clock.ts";
import { err, ok, type Result } from "../core/result.ts";
import { type CaCertificate, readCaFile } from "./ca-file.ts";
import type { Config } from "./config.ts";
import { cafileLine, parseConfig } from "./parse.ts";
import { type Complaint, type ConfigProblem, complaint, sortProblems } from "./problem.ts";
import { readTrustedFile } from "./trusted-file.ts";

export interface LoadOptions {
  /** $CREDENTIALS_DIRECTORY, where systemd set it: see trusted-file.ts. */
  readonly credentialsDirectory?: string | undefined;
  /** For the expiry of certificates. */
  readonly clock?: Clock;
}

export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Reads the file's text if only root or this process's own user can read and change it; 1 MiB at most. */
export async function readConfigFile(
  path: string,
  options: LoadOptions = {},
): Promise<Result<ConfigFile, readonly ConfigProblem[]>> {
  const { credentialsDirectory } = options;
  const text = await readTrustedFile(path, { readers: "private", credentialsDirectory });
  if (text.ok) return ok({ path, text: text.value });
  return err([problem(text.error, path)]);
}

/** Checks and reads the file at `path`, an absolute path, and the `cafile` that it names. */
export async function loadConfig(
  path: string,
  options: LoadOptions = {},
): Promise<Result<Config, readonly ConfigProblem[]>> {
  const file = await readConfigFile(path, options);
  if (!file.ok) return file;
  const parsed = parseConfig(file.value.text, path);
  if (!parsed.ok || parsed.value.duo.cafile === undefined) return parsed;
  const line = cafileLine(file.value.text, path);
  const certificates = await readCaFile(parsed.value.duo.cafile);
  if (!certificates.ok) return err([aboutCafile(certificates.error, parsed.value.duo.cafile, path, line)]);
  return withCertificates(parsed.value, certificates.value, (options.clock ?? systemClock).wallMs(), path, line);
}

function withCertificates(
  config: Config,
  certificates: readonly CaCertificate[],
  nowMs: number,
  path: string,
  line: number | undefined,
): Result<Config, readonly ConfigProblem[]> {
  const complaints = certificates.flatMap((certificate) => expiry(certificate, nowMs) ?? []);
  const problems = complaints.map((one) => aboutCafile(one, config.duo.cafile ?? "", path, line));
  if (certificates.every((certificate) => certificate.expiresMs <= nowMs)) return err(problems);
  const duo = Object.freeze({ ...config.duo, caCertificates: Object.freeze(certificates.map(({ pem }) => pem)) });
  return ok(Object.freeze({ ...config, duo, warnings: sortProblems([...config.warnings, ...problems]) }));
}

/** An expired certificate among others is a warning, because bundles carry such; so is one with a month to go. */
function expiry({ subject, expiresMs }: CaCertificate, nowMs: number): Complaint | undefined {
  if (expiresMs > nowMs + 30 * DAY_MS) return undefined;
  const when = `${expiresMs <= nowMs ? "expired" : "expires"} on ${new Date(expiresMs).toISOString().slice(0, 10)}`;
  return complaint("expired-certificate", `the certificate "${subject}" ${when}`, "replace it with its successor");
}

function aboutCafile(one: Complaint, cafile: string, file: string, line: number | undefined): ConfigProblem {
  return { ...problem(one, file), message: `${cafile}: ${one.message}`, line, key: "cafile" };
}

function problem({ code, message, remedy }: Complaint, file: string): ConfigProblem {
  return Object.freeze({ code, file, line: undefined, key: undefined, message, remedy });
}
