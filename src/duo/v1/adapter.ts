// DuoApi over the legacy Auth API v1 (/rest/v1): preauth, auth and status as its document says. An option is asked for by
// the name that preauth gave it (factor=auto), a passcode as a passcode, so that nothing typed can name a factor.

import { displayText } from "../../core/display-text.ts";
import type { DuoApi, DuoSubject, FactorChoice, Preauth } from "../api.ts";
import { type Client, mapOk } from "../client.ts";
import { createDialectApi } from "../dialect-api.ts";
import { checkResponse } from "../envelope.ts";
import { encodedPairs, type Parameters } from "../signature.ts";
import { textMenu } from "../text-menu.ts";
import { decidedResponse, type PreauthResponse, preauthResponse, statusResponse } from "./schemas.ts";

export function createV1Api(client: Client): DuoApi {
  return createDialectApi(client, {
    paths: { preauth: "/rest/v1/preauth", auth: "/rest/v1/auth", authStatus: "/rest/v1/status" },
    preauthParameters: subjectParameters,
    authParameters: (subject, choice) => ({ ...subjectParameters(subject), ...factorParameters(choice) }),
    readPreauth: (response) => mapOk(checkResponse(preauthResponse, response, "preauth"), toPreauth),
    readDecision: (response, choice) =>
      mapOk(checkResponse(decidedResponse, response, "auth"), ({ result, status }) => {
        // The contract: sms never authenticates; its denial says that codes are on their way.
        const word = result === "deny" && choice.kind === "option" ? "sent" : "";
        return { result, status: word, message: displayText(status) };
      }),
    readStatus: (response) =>
      mapOk(checkResponse(statusResponse, response, "auth_status"), ({ result, status }) => ({
        result: result ?? "waiting",
        status: "",
        message: displayText(status),
      })),
  });
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
