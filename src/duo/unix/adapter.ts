// DuoApi over the text-prompt contract of Duo Unix 2.2 on /auth/v2: Duo makes the menu, and what was chosen goes back as
// `prompt`. For installations that want Duo's own menu; no public promise stands behind it.
// A verified push has its code in the text of auth_status: it leaves here as an instruction, which login/ puts into a prompt.

import { displayText } from "../../core/display-text.ts";
import type { DuoFailure } from "../../core/failure.ts";
import type { Result } from "../../core/result.ts";
import { Secret } from "../../core/secret.ts";
import type {
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
import { createDialectApi } from "../dialect-api.ts";
import { checkResponse } from "../envelope.ts";
import { encodedPairs, type Parameters } from "../signature.ts";
import { textMenu } from "../text-menu.ts";
import { tokenOf } from "../v2/adapter.ts";
import { type PreauthResponse, preauthResponse, stateResponse } from "./schemas.ts";

export function createUnixApi(client: Client, failmode: "safe" | "secure"): DuoApi {
  return createDialectApi(client, {
    paths: { preauth: "/auth/v2/preauth", auth: "/auth/v2/auth", authStatus: "/auth/v2/auth_status" },
    preauthParameters: (subject, token) => ({
      ...subjectParameters(subject),
      text_prompt: "1",
      failmode: failmode === "safe" ? "open" : "closed",
      // SECURITY: without it a policy that requires Verified Duo Push is bypassed.
      client_supports_verified_push: "1",
      ...(token === undefined ? {} : { trusted_device_token: token.reveal() }),
    }),
    authParameters: (subject, choice) => ({
      ...subjectParameters(subject),
      factor: "prompt",
      ...choiceParameters(choice),
    }),
    readPreauth: (response) => mapOk(checkResponse(preauthResponse, response, "preauth"), toPreauth),
    readDecision: (response) => toState(response, "auth"),
    readStatus: (response) => toState(response, "auth_status"),
  });
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
