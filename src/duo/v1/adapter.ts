// DuoApi over the legacy Auth API v1 (/rest/v1): preauth, auth and status as its document says. An option is asked for by
// the name that preauth gave it (factor=auto), a passcode as a passcode, so that nothing typed can name a factor.

import { displayText } from "../../core/display-text.ts";
import type { DuoFailure } from "../../core/failure.ts";
import type { Result } from "../../core/result.ts";
import type { AuthReply, AuthState, DuoApi, DuoSubject, FactorChoice, Preauth } from "../api.ts";
import { type Client, mapOk } from "../client.ts";
import { checkResponse } from "../envelope.ts";
import { encodedPairs, type Parameters } from "../signature.ts";
import { textMenu } from "../text-menu.ts";
import { decidedResponse, type PreauthResponse, pendingResponse, preauthResponse, statusResponse } from "./schemas.ts";

export function createV1Api(client: Client): DuoApi {
  return {
    preauth: (subject, signal) => preauth(client, subject, signal),
    auth: (subject, choice, signal) => auth(client, subject, choice, signal),
    authStatus: (txid, signal) => authStatus(client, txid, signal),
  };
}

async function preauth(client: Client, subject: DuoSubject, signal: AbortSignal): Promise<Result<Preauth, DuoFailure>> {
  const parameters = subjectParameters(subject);
  const path = "/rest/v1/preauth";
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
  const parameters = { ...subjectParameters(subject), ...factorParameters(choice) };
  const path = "/rest/v1/auth";
  const reply = await client.call({ stage: "auth", method: "POST", path, parameters, repeatable: false }, signal);
  if (!reply.ok) return reply;
  if (parameters["async"] === "1") {
    return mapOk(checkResponse(pendingResponse, reply.value, "auth"), ({ txid }) => ({ kind: "pending", txid }));
  }
  return mapOk(checkResponse(decidedResponse, reply.value, "auth"), ({ result, status }) => {
    // The contract: sms never authenticates; its denial says that codes are on their way.
    const word = result === "deny" && choice.kind === "option" ? "sent" : "";
    return { kind: "final", state: { result, status: word, message: displayText(status) }, txid: undefined };
  });
}

async function authStatus(client: Client, txid: string, signal: AbortSignal): Promise<Result<AuthState, DuoFailure>> {
  const path = "/rest/v1/status";
  const call = { stage: "auth_status", method: "GET", path, parameters: { txid }, repeatable: true } as const;
  const reply = await client.call(call, signal);
  if (!reply.ok) return reply;
  return mapOk(checkResponse(statusResponse, reply.value, "auth_status"), ({ result, status }) => ({
    result: result ?? "waiting",
    status: "",
    message: displayText(status),
  }));
}

function toPreauth(response: PreauthResponse): Preauth {
  if (response.result === "auth") {
    return { kind: "auth", menu: textMenu(response.prompt, response.factors), verifiedPush: undefined };
  }
  const message = displayText(response.status);
  // The message of an enrolment holds the address.
  if (response.result === "enroll") return { kind: "enroll", message, url: undefined };
  return { kind: response.result, message };
}

function subjectParameters({ username, ipaddr, hostname }: DuoSubject): Parameters {
  return { user: username, hostname, ...(ipaddr === undefined ? {} : { ipaddr }) };
}

function factorParameters(choice: FactorChoice): Parameters {
  if (choice.kind === "passcode") return { factor: "passcode", code: choice.passcode.reveal() };
  const { option, pushinfo } = choice;
  const named = { factor: "auto", auto: option.target };
  if (option.kind === "sms") return named;
  const info = option.kind === "push" && pushinfo.length > 0 ? { pushinfo: encodedPairs(pushinfo) } : {};
  return { ...named, async: "1", ...info };
}
