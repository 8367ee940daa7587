// From what was written on the command line to Duo's parameters, or a sentence that says what to write instead. Pure.

import { err, ok, type Result } from "../../core/result.ts";
import type { Secret } from "../../core/secret.ts";
import { encodedPairs, type Parameters } from "../../duo/signature.ts";
import type { Endpoint } from "./endpoints.ts";
import { type ApiVersion, optionKey, optionName, type Parameter } from "./parameter-table.ts";

/** Options by commander's key. */
export type Given = Readonly<Record<string, unknown>>;

/** Duo's bound for the encoded pairs (v1 document, `pushinfo`). */
const PUSHINFO_MAX_BYTES = 20_000;
const FACTOR_NAME = /^(verified_)?(push|phone|sms)\d{1,2}$/;

/** What is wrong with the options together, before anything is asked for or sent. */
export function complaintAbout(endpoint: Endpoint, version: ApiVersion, given: Given): string | undefined {
  if (version === "v1" && endpoint.v1 === undefined) return `API v1 has no ${endpoint.name}: write --api v2`;
  const foreign = endpoint.parameters.find((one) => isGiven(one, given) && one[version] === undefined);
  if (foreign !== undefined)
    return `API ${version} has no ${optionName(foreign)}: leave it out, or choose the other with --api`;
  return complaintAboutUser(endpoint, version, given) ?? complaintAboutFactor(endpoint, version, given);
}

function complaintAboutUser({ name }: Endpoint, version: ApiVersion, given: Given): string | undefined {
  if (name !== "preauth" && name !== "auth") return undefined;
  const count = [given["username"], given["userId"]].filter((one) => one !== undefined).length;
  if (count === 1) return undefined;
  return version === "v1" ? "write --username" : "write either --username or --user-id";
}

function complaintAboutFactor({ name }: Endpoint, version: ApiVersion, given: Given): string | undefined {
  if (name !== "auth") return undefined;
  const { factor, auto, passcodeStdin } = given;
  if (passcodeStdin !== undefined && factor !== "passcode" && !(version === "v1" && factor === "auto")) {
    return "--passcode-stdin goes with --factor passcode";
  }
  // SECURITY: a passcode written there would stand in the process list.
  if (typeof auto === "string" && !FACTOR_NAME.test(auto)) {
    return "--auto takes a factor name such as push1; a passcode is read with --passcode-stdin";
  }
  if (version === "v1" && factor === "auto" && (auto === undefined) === (passcodeStdin === undefined)) {
    return "factor auto of API v1 wants either --auto or --passcode-stdin";
  }
  return undefined;
}

/** The secret that this call carries, if it carries one. */
export function secretOf(endpoint: Endpoint, given: Given): Parameter | undefined {
  const secret = endpoint.parameters.find(({ kind }) => kind === "secret");
  if (secret === undefined) return undefined;
  const needed = endpoint.name === "enroll-status" || given["factor"] === "passcode";
  return needed || isGiven(secret, given) ? secret : undefined;
}

/** Duo's parameters. `secret` is the value of secretOf(). */
export function parametersOf(
  endpoint: Endpoint,
  version: ApiVersion,
  given: Given,
  secret: Secret | undefined,
): Result<Parameters, string> {
  const parameters: Record<string, string> = {};
  for (const parameter of endpoint.parameters) {
    const name = parameter[version];
    if (name === undefined) continue;
    const value = parameter.kind === "secret" ? ok(secret?.reveal()) : textOf(parameter, given[optionKey(parameter)]);
    if (!value.ok) return value;
    if (value.value !== undefined) parameters[name] = value.value;
  }
  return ok(version === "v1" ? withPasscodeAsAuto(parameters) : parameters);
}

/** v1's factor auto takes the passcode in the place of a factor name. */
function withPasscodeAsAuto(parameters: Parameters): Parameters {
  const { code, ...others } = parameters;
  return parameters["factor"] === "auto" && code !== undefined ? { ...others, auto: code } : parameters;
}

function textOf(parameter: Parameter, value: unknown): Result<string | undefined, string> {
  const name = optionName(parameter);
  switch (parameter.kind) {
    case "switch":
    case "on":
      return ok(value === true ? "1" : undefined);
    case "pairs":
      return pairsOf(name, Array.isArray(value) ? value.map(String) : []);
    case "whole":
      if (value === undefined) return ok(undefined);
      return typeof value === "string" && /^\d{1,9}$/.test(value) ? ok(value) : err(`${name} takes a whole number`);
    default:
      return ok(typeof value === "string" ? value : undefined);
  }
}

function pairsOf(name: string, pairs: readonly string[]): Result<string | undefined, string> {
  if (pairs.length === 0) return ok(undefined);
  if (!pairs.every((pair) => pair.indexOf("=") > 0)) return err(`${name} takes KEY=VALUE`);
  const split = pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)] as const);
  const text = encodedPairs(split);
  return Buffer.byteLength(text) < PUSHINFO_MAX_BYTES
    ? ok(text)
    : err(`${name}: Duo takes less than 20000 bytes in all`);
}

function isGiven(parameter: Parameter, given: Given): boolean {
  const value = given[optionKey(parameter)];
  // `on` is true by itself; only its --no-… was written by somebody.
  return parameter.kind === "on" ? value === false : value !== undefined;
}
