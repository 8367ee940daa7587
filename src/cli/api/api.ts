// `duogate api ENDPOINT`: one call of Duo's Auth API with the keys of the configuration, for admins and scripts. It asks
// Duo and prints; it lets nobody in.

import { writeFile } from "node:fs/promises";
import type { DuoSettings } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { formatProblems } from "../../config/problem.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Secret } from "../../core/secret.ts";
import type { SignatureForm } from "../../duo/signature-form.ts";
import { EXIT } from "../exit-codes.ts";
import type { Endpoint } from "./endpoints.ts";
import { type ApiVersion, optionKey, optionName, type Parameter } from "./parameter-table.ts";
import { complaintAbout, type Given, parametersOf, secretOf } from "./parameters.ts";
import type { SecretInput } from "./secret-input.ts";
import { type Answer, type ApiCall, type Reply, sendCall } from "./session.ts";
import { describeImage, jsonText } from "./show.ts";
import { describeFailure, exitCodeOf } from "./verdict.ts";

export interface ApiOptions {
  readonly config: string;
  /** Overrides `api` of the configuration. */
  readonly api: ApiVersion | undefined;
  readonly signature: "v2" | "v5" | undefined;
  /** Where a logo goes. */
  readonly output: string | undefined;
  /** The endpoint's own options. */
  readonly given: Given;
}

export interface ApiParts {
  readonly credentialsDirectory: string | undefined;
  readonly userAgent: string;
  readonly secrets: SecretInput;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** Returns the exit code. */
export async function api(endpoint: Endpoint, options: ApiOptions, parts: ApiParts): Promise<number> {
  const { complain } = parts;
  const config = await loadConfig(options.config, { credentialsDirectory: parts.credentialsDirectory });
  if (!config.ok) {
    complain(formatProblems(config.error));
    return EXIT.invalid;
  }
  const call = await callOf(endpoint, options, config.value.duo, parts.secrets);
  if (!call.ok) {
    complain(call.error);
    return EXIT.usage;
  }
  return await report(await sendCall(config.value.duo, call.value, parts.userAgent), endpoint, options, parts);
}

async function callOf(
  endpoint: Endpoint,
  { api: wanted, signature, given }: ApiOptions,
  duo: DuoSettings,
  secrets: SecretInput,
): Promise<Result<ApiCall, string>> {
  const version = wanted ?? (duo.api === "v1" ? "v1" : "v2");
  const form = formOf(version, signature);
  if (form === undefined) return err("API v1 has no signature v5: leave --signature out, or write --api v2");
  const complaint = complaintAbout(endpoint, version, given);
  if (complaint !== undefined) return err(complaint);
  // Everything else is looked at first, so that nobody types a passcode for a call that is not sent.
  const dry = parametersOf(endpoint, version, given, undefined);
  if (!dry.ok) return dry;
  const secret = await readSecret(secretOf(endpoint, given), given, secrets);
  if (!secret.ok) return secret;
  const parameters = parametersOf(endpoint, version, given, secret.value);
  return parameters.ok ? ok({ endpoint, version, signature: form, parameters: parameters.value }) : parameters;
}

function formOf(version: ApiVersion, signature: "v2" | "v5" | undefined): SignatureForm | undefined {
  if (version === "v2") return signature ?? "v2";
  return signature === "v5" ? undefined : "v2-sha1";
}

async function readSecret(
  parameter: Parameter | undefined,
  given: Given,
  secrets: SecretInput,
): Promise<Result<Secret | undefined, string>> {
  if (parameter === undefined) return ok(undefined);
  const option = optionName(parameter);
  const words = option
    .replace(/^--/, "")
    .replace(/-stdin$/, "")
    .replaceAll("-", " ");
  if (given[optionKey(parameter)] !== true && !secrets.isTerminal) {
    return err(`write ${option} and give the ${words} on standard input`);
  }
  const secret = await secrets.read(`${words.charAt(0).toUpperCase()}${words.slice(1)}: `);
  return secret === undefined ? err(`standard input has no ${words}`) : ok(secret);
}

async function report(
  { result, failEnvelope }: Reply,
  endpoint: Endpoint,
  { output }: ApiOptions,
  { print, complain }: ApiParts,
): Promise<number> {
  if (!result.ok) {
    if (failEnvelope !== undefined && result.error.duoCode !== undefined) print(jsonText(failEnvelope));
    const { lines, code } = describeFailure(result.error);
    for (const line of lines) complain(line);
    return code;
  }
  const answer = result.value;
  if (answer.kind === "image") return await reportImage(answer, output, print, complain);
  print(jsonText(answer.envelope));
  return exitCodeOf(endpoint.name, answer.response);
}

async function reportImage(
  { contentType, bytes }: Extract<Answer, { kind: "image" }>,
  output: string | undefined,
  print: (line: string) => void,
  complain: (line: string) => void,
): Promise<number> {
  if (output !== undefined) {
    try {
      // SECURITY: a file that is there, or a link, is never written through.
      await writeFile(output, bytes, { flag: "wx", mode: 0o644 });
    } catch (error) {
      const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
      complain(exists ? `${output} exists: remove it, or write another name` : String(error));
      return EXIT.cannotRun;
    }
  }
  print(describeImage(contentType, bytes));
  return EXIT.ok;
}
