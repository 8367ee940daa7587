// The way from a path to a usable Config: the file's own safety, its text, and the certificates that it names. The only
// entry for main and cli/; everything it does not accept is a list of problems, never an exception.

import { type Clock, systemClock } from "../core/clock.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Config, DuoSettings } from "./config.ts";
import { readCredentials } from "./credentials.ts";
import { cafileLine, parseConfig } from "./parse.ts";
import { type Complaint, type ConfigProblem, sortProblems } from "./problem.ts";
import { readRoots } from "./roots.ts";
import { readTrustedFile } from "./trusted-file.ts";

export interface LoadOptions {
  /** $CREDENTIALS_DIRECTORY, where systemd set it: see credentials.ts, and trusted-file.ts for a whole file in there. */
  readonly credentialsDirectory?: string | undefined;
  /** For the expiry of certificates. */
  readonly clock?: Clock;
}

export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

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

/** Checks and reads the file at `path`, an absolute path, and the certificates that it says to trust. */
export async function loadConfig(
  path: string,
  options: LoadOptions = {},
): Promise<Result<Config, readonly ConfigProblem[]>> {
  const file = await readConfigFile(path, options);
  if (!file.ok) return file;
  const { credentialsDirectory } = options;
  const credentials = credentialsDirectory === undefined ? ok([]) : await readCredentials(credentialsDirectory);
  if (!credentials.ok) return credentials;
  const parsed = parseConfig(file.value.text, path, credentials.value);
  if (!parsed.ok) return parsed;
  return await withRoots(parsed.value, file.value, (options.clock ?? systemClock).wallMs());
}

/** Fills in what each section trusts; a file that several of them name is read once. */
async function withRoots(
  config: Config,
  { text, path }: ConfigFile,
  nowMs: number,
): Promise<Result<Config, readonly ConfigProblem[]>> {
  const read = new Map<string | undefined, readonly string[]>();
  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  for (const [service, { cafile }] of [[undefined, config.duo] as const, ...config.services]) {
    if (read.has(cafile)) continue;
    const roots = await readRoots(cafile, nowMs);
    const line = cafileLine(text, path, service);
    const about = (from: string) => (one: Complaint) => aboutCafile(one, from, path, line);
    read.set(cafile, Object.freeze(roots.ok ? roots.value.certificates.map(({ pem }) => pem) : []));
    if (roots.ok) warnings.push(...roots.value.warnings.map(about(roots.value.path)));
    else problems.push(...roots.error.complaints.map(about(roots.error.path)));
  }
  if (problems.length > 0) return err(sortProblems(problems));
  const trusting = (settings: DuoSettings): DuoSettings =>
    Object.freeze({ ...settings, caCertificates: read.get(settings.cafile) ?? [] });
  const services = new Map([...config.services].map(([service, settings]) => [service, trusting(settings)]));
  const all = sortProblems([...config.warnings, ...warnings]);
  return ok(Object.freeze({ ...config, duo: trusting(config.duo), services, warnings: all }));
}

function aboutCafile(one: Complaint, cafile: string, file: string, line: number | undefined): ConfigProblem {
  return { ...problem(one, file), message: `${cafile}: ${one.message}`, line, key: "cafile" };
}

function problem({ code, message, remedy }: Complaint, file: string): ConfigProblem {
  return Object.freeze({ code, file, line: undefined, key: undefined, message, remedy });
}
