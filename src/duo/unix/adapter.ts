// DuoApi over the text-prompt contract of Duo Unix 2.2 on /auth/v2: Duo makes the menu, and what was chosen goes back as
// `prompt`. For installations that want Duo's own menu; no public promise stands behind it.
// A verified push has its code in the text of auth_status: it leaves here as an instruction, which login/ puts into a prompt.

import { displayText } from "../../core/display-text.ts";
import type { DuoFailure } from "../../core/failure.ts";
import type { Result } from "../../core/result.ts";
import { Secret } from "../../core/secret.ts";
import type {
  AuthReply,
  AuthState,
  DuoApi,
  DuoSubject,
  FactorChoice,
  FactorMenu,
  FactorOption,
  Preauth,
  VerifiedPush,
} from "../api.ts";
import { type Client, mapOk } from "../client.ts";
import { checkResponse } from "../envelope.ts";
import { encodedPairs, type Parameters } from "../signature.ts";
import { textMenu } from "../text-menu.ts";
import { tokenOf } from "../v2/adapter.ts";
import { pendingResponse, stateResponse } from "../v2/schemas.ts";
import { type PreauthResponse, preauthResponse } from "./schemas.ts";

export function createUnixApi(client: Client, failmode: "safe" | "secure"): DuoApi {
  return {
    preauth: (subject, signal, token) => preauth(client, subject, failmode, signal, token),
    auth: (subject, choice, signal) => auth(client, subject, choice, signal),
    authStatus: (txid, signal) => authStatus(client, txid, signal),
  };
}

async function preauth(
  client: Client,
  subject: DuoSubject,
  failmode: "safe" | "secure",
  signal: AbortSignal,
  token: Secret | undefined,
): Promise<Result<Preauth, DuoFailure>> {
  const parameters = {
    ...subjectParameters(subject),
    text_prompt: "1",
    failmode: failmode === "safe" ? "open" : "closed",
    // SECURITY: without it a policy that requires Verified Duo Push is bypassed.
    client_supports_verified_push: "1",
    ...(token === undefined ? {} : { trusted_device_token: token.reveal() }),
  };
  const path = "/auth/v2/preauth";
  const reply = await client.call({ stage: "preauth", method: "POST", path, parameters, repeatable: true }, signal);
  if (!reply.ok) return reply;
  return mapOk(checkResponse(preauthResponse, reply.value, "preauth"), toPreauth);
}

async function auth(
  client: Client,
  subject: DuoSubject,
  choice: FactorChoice,
  signal: AbortSignal,
): Promise<Result<AuthReply, DuoFailure>> {
  const parameters: Parameters = { ...subjectParameters(subject), factor: "prompt", ...choiceParameters(choice) };
  const path = "/auth/v2/auth";
  const reply = await client.call({ stage: "auth", method: "POST", path, parameters, repeatable: false }, signal);
  if (!reply.ok) return reply;
  if (parameters["async"] === "1") {
    return mapOk(checkResponse(pendingResponse, reply.value, "auth"), ({ txid }) => ({ kind: "pending", txid }));
  }
  return mapOk(toState(reply.value, "auth"), (state) => ({ kind: "final", state, txid: undefined }));
}

async function authStatus(client: Client, txid: string, signal: AbortSignal): Promise<Result<AuthState, DuoFailure>> {
  const path = "/auth/v2/auth_status";
  const call = { stage: "auth_status", method: "GET", path, parameters: { txid }, repeatable: true } as const;
  const reply = await client.call(call, signal);
  return reply.ok ? toState(reply.value, "auth_status") : reply;
}

function toPreauth(response: PreauthResponse): Preauth {
  switch (response.result) {
    case "auth": {
      const menu = textMenu(response.prompt.text, response.prompt.factors);
      return { kind: "auth", menu, verifiedPush: toVerifiedPush(response, menu) };
    }
    case "enroll": {
      const words = response.prompt?.text ?? response.status_msg;
      const url = response.enroll_portal_url;
      const further = url === undefined || words.includes(url) ? undefined : displayText(url);
      return { kind: "enroll", message: displayText(words), url: further };
    }
    default:
      return { kind: response.result, message: displayText(response.status_msg) };
  }
}

/** The name of the factor is enough: a code will then come, whether there is a txid to go with it or not. */
function toVerifiedPush(
  { txid, verification_code: code }: Extract<PreauthResponse, { result: "auth" }>,
  { options }: FactorMenu,
): VerifiedPush | undefined {
  if (!options.some(isVerified)) return undefined;
  return { txid, code: code === undefined ? undefined : new Secret(code) };
}

function toState(response: unknown, stage: "auth" | "auth_status"): Result<AuthState, DuoFailure> {
  return mapOk(
    checkResponse(stateResponse, response, stage),
    ({ result, status, status_msg, trusted_device_token }) => {
      const message = displayText(status_msg);
      const instruction = result === "waiting" && holdsCode(status_msg) ? new Secret(message) : undefined;
      const words = instruction === undefined ? message : displayText("");
      return { result, status, message: words, instruction, ...tokenOf(trusted_device_token) };
    },
  );
}

/** A number that stands alone and is no part of a masked phone number: "Please enter verification code 376 into…". */
function holdsCode(words: string): boolean {
  return /(?<![\w-])\d{3,10}(?![\w-])/.test(words);
}

function subjectParameters({ username, ipaddr, hostname }: DuoSubject): Parameters {
  return { username, hostname, ...(ipaddr === undefined ? {} : { ipaddr }) };
}

function choiceParameters(choice: FactorChoice): Parameters {
  if (choice.kind === "passcode") return { prompt: choice.passcode.reveal(), async: "0" };
  const { option, txid, pushinfo } = choice;
  return {
    prompt: option.target,
    async: option.kind === "sms" ? "0" : "1",
    // Duo refuses the txid beside anything but the verified push that it was made for.
    ...(txid === undefined || !isVerified(option) ? {} : { txid }),
    ...(pushinfo.length === 0 ? {} : { pushinfo: encodedPairs(pushinfo) }),
  };
}

function isVerified({ target }: FactorOption): boolean {
  return target.startsWith("verified_");
}
