// The way from a path to a usable Config: the file's own safety, its text, and the certificates that it names. The only
// entry for main and cli/; everything it does not accept is a list of problems, never an exception.

import { type Clock, systemClock } from "../core/clock.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Config } from "./config.ts";
import { cafileLine, parseConfig } from "./parse.ts";
import { type Complaint, type ConfigProblem, sortProblems } from "./problem.ts";
import { readRoots } from "./roots.ts";
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
  const parsed = parseConfig(file.value.text, path);
  if (!parsed.ok) return parsed;
  const config = parsed.value;
  const roots = await readRoots(config.duo.cafile, (options.clock ?? systemClock).wallMs());
  const line = cafileLine(file.value.text, path);
  if (!roots.ok) return err(roots.error.complaints.map((one) => aboutCafile(one, roots.error.path, path, line)));
  const warnings = roots.value.warnings.map((one) => aboutCafile(one, roots.value.path, path, line));
  const caCertificates = Object.freeze(roots.value.certificates.map(({ pem }) => pem));
  const duo = Object.freeze({ ...config.duo, caCertificates });
  return ok(Object.freeze({ ...config, duo, warnings: sortProblems([...config.warnings, ...warnings]) }));
}

function aboutCafile(one: Complaint, cafile: string, file: string, line: number | undefined): ConfigProblem {
  return { ...problem(one, file), message: `${cafile}: ${one.message}`, line, key: "cafile" };
}

function problem({ code, message, remedy }: Complaint, file: string): ConfigProblem {
  return Object.freeze({ code, file, line: undefined, key: undefined, message, remedy });
}
