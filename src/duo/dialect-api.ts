// DuoApi over the three calls that every dialect has: preauth, auth, and the wait for its end. Which call may be repeated, and
// that `auth` is not, is written here once; a dialect adds its paths and how it says and reads things.

import { z } from "zod";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import type { Secret } from "../core/secret.ts";
import type { AuthReply, AuthState, DuoApi, DuoSubject, FactorChoice, Preauth } from "./api.ts";
import { type Call, type Client, mapOk } from "./client.ts";
import { checkResponse } from "./envelope.ts";
import type { Parameters } from "./signature.ts";

export interface DialectForms {
  readonly paths: { readonly preauth: string; readonly auth: string; readonly authStatus: string };
  preauthParameters(subject: DuoSubject, token: Secret | undefined): Parameters;
  /** With `async` = 1 the answer is a transaction to wait for, else the decision itself. */
  authParameters(subject: DuoSubject, choice: FactorChoice): Parameters;
  readPreauth(response: unknown): Result<Preauth, DuoFailure>;
  /** The decision in auth's own answer. */
  readDecision(response: unknown, choice: FactorChoice): Result<AuthState, DuoFailure>;
  readStatus(response: unknown): Result<AuthState, DuoFailure>;
}

const pendingResponse = z.object({ txid: z.string().regex(/^[\x21-\x7e]{1,256}$/) });

export function createDialectApi(client: Client, forms: DialectForms): DuoApi {
  const { paths } = forms;
  const ask = async <T>(
    call: Call,
    signal: AbortSignal,
    read: (response: unknown) => Result<T, DuoFailure>,
  ): Promise<Result<T, DuoFailure>> => {
    const reply = await client.call(call, signal);
    return reply.ok ? read(reply.value) : reply;
  };
  return {
    preauth(subject, signal, token) {
      const parameters = forms.preauthParameters(subject, token);
      const call = { stage: "preauth", method: "POST", path: paths.preauth, parameters, repeatable: true } as const;
      return ask(call, signal, forms.readPreauth);
    },
    auth(subject, choice, signal) {
      const parameters = forms.authParameters(subject, choice);
      // SECURITY: sent once, whatever happens.
      const call = { stage: "auth", method: "POST", path: paths.auth, parameters, repeatable: false } as const;
      return ask<AuthReply>(call, signal, (response) => {
        if (parameters["async"] === "1") {
          const pending = checkResponse(pendingResponse, response, "auth");
          return mapOk(pending, ({ txid }) => ({ kind: "pending", txid }));
        }
        const decision = forms.readDecision(response, choice);
        return mapOk(decision, (state) => ({ kind: "final", state, txid: undefined }));
      });
    },
    authStatus(txid, signal) {
      const path = paths.authStatus;
      const call = { stage: "auth_status", method: "GET", path, parameters: { txid }, repeatable: true } as const;
      return ask(call, signal, forms.readStatus);
    },
  };
}
