// DuoApi over Auth API v2 (/auth/v2): preauth, auth and auth_status as documented. A passcode and an SMS request are
// answered at once (sync); push and phone go async, so that a lost connection costs a poll and not the verdict.

import { displayText } from "../../core/display-text.ts";
import type { DuoFailure } from "../../core/failure.ts";
import type { Result } from "../../core/result.ts";
import { Secret } from "../../core/secret.ts";
import type { AuthState, DuoApi, DuoSubject, FactorChoice, Preauth, VerifiedPush } from "../api.ts";
import { type Client, mapOk } from "../client.ts";
import { createDialectApi } from "../dialect-api.ts";
import { checkResponse } from "../envelope.ts";
import { canonicalParameters, type Parameters } from "../signature.ts";
import { menuOf } from "./menu.ts";
import { type PreauthResponse, preauthResponse, stateResponse } from "./schemas.ts";

export function createV2Api(client: Client): DuoApi {
  return createDialectApi(client, {
    paths: { preauth: "/auth/v2/preauth", auth: "/auth/v2/auth", authStatus: "/auth/v2/auth_status" },
    preauthParameters: (subject, token) => ({
      ...subjectParameters(subject),
      // SECURITY: without it a policy that requires Verified Duo Push is bypassed.
      client_supports_verified_push: "1",
      ...(token === undefined ? {} : { trusted_device_token: token.reveal() }),
    }),
    authParameters: (subject, choice) => ({ ...subjectParameters(subject), ...factorParameters(choice) }),
    readPreauth: (response) => mapOk(checkResponse(preauthResponse, response, "preauth"), toPreauth),
    readDecision: (response) => toState(response, "auth"),
    readStatus: (response) => toState(response, "auth_status"),
  });
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
