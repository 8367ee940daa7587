// DuoApi over Auth API v2 (/auth/v2): preauth, auth and auth_status as documented. A passcode and an SMS request are
// answered at once (sync); push and phone go async, so that a lost connection costs a poll and not the verdict.

import { displayText } from "../../core/display-text.ts";
import type { DuoFailure } from "../../core/failure.ts";
import { err, type Result } from "../../core/result.ts";
import { Secret } from "../../core/secret.ts";
import type { AuthReply, AuthState, DuoApi, DuoSubject, FactorChoice, Preauth, VerifiedPush } from "../api.ts";
import { type Client, mapOk } from "../client.ts";
import { checkResponse } from "../envelope.ts";
import { canonicalParameters, type Parameters } from "../signature.ts";
import { menuOf } from "./menu.ts";
import { type PreauthResponse, pendingResponse, preauthResponse, stateResponse } from "./schemas.ts";

export function createV2Api(client: Client): DuoApi {
  return {
    preauth: (subject, signal, token) => preauth(client, subject, signal, token),
    auth: (subject, choice, signal) => auth(client, subject, choice, signal),
    authStatus: (txid, signal) => authStatus(client, txid, signal),
  };
}

async function preauth(
  client: Client,
  subject: DuoSubject,
  signal: AbortSignal,
  token: Secret | undefined,
): Promise<Result<Preauth, DuoFailure>> {
  const parameters = {
    ...subjectParameters(subject),
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
  const parameters = { ...subjectParameters(subject), ...factorParameters(choice) };
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
  return reply.ok ? toState(reply.value, "auth_status") : err(reply.error);
}

function toPreauth(response: PreauthResponse): Preauth {
  const message = displayText(response.status_msg);
  switch (response.result) {
    case "auth":
      return { kind: "auth", menu: menuOf(response.devices), verifiedPush: toVerifiedPush(response) };
    case "enroll": {
      const url = response.enroll_portal_url;
      return { kind: "enroll", message, url: url === undefined ? undefined : displayText(url) };
    }
    default:
      return { kind: response.result, message };
  }
}

function toVerifiedPush(response: Extract<PreauthResponse, { result: "auth" }>): VerifiedPush | undefined {
  if (response.txid === undefined || response.verification_code === undefined) return undefined;
  return { txid: response.txid, code: new Secret(response.verification_code) };
}

function toState(response: unknown, stage: "auth" | "auth_status"): Result<AuthState, DuoFailure> {
  return mapOk(checkResponse(stateResponse, response, stage), (state) => ({
    result: state.result,
    status: state.status,
    message: displayText(state.status_msg),
    ...tokenOf(state.trusted_device_token),
  }));
}

/** Only where there is one. */
export function tokenOf(token: Secret | undefined): Pick<AuthState, "trustedDeviceToken"> {
  return token === undefined ? {} : { trustedDeviceToken: token };
}

function subjectParameters({ username, ipaddr, hostname }: DuoSubject): Parameters {
  return { username, hostname, ...(ipaddr === undefined ? {} : { ipaddr }) };
}

function factorParameters(choice: FactorChoice): Parameters {
  if (choice.kind === "passcode") return { factor: "passcode", passcode: choice.passcode.reveal() };
  const { option, txid, pushinfo } = choice;
  const device = { factor: option.kind, device: option.target };
  if (option.kind === "sms") return device;
  if (option.kind === "phone") return { ...device, async: "1" };
  return {
    ...device,
    async: "1",
    ...(txid === undefined ? {} : { txid }),
    ...(pushinfo.length === 0 ? {} : { pushinfo: canonicalParameters(Object.fromEntries(pushinfo)) }),
  };
}
