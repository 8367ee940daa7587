// What a login needs of Duo, whichever API dialect is spoken: the small interface that login/ knows, and the values
// that pass through it. The adapters (v2/, v1/, unix/) implement it; nothing here does any work.

import type { DisplayText } from "../core/display-text.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import type { Secret } from "../core/secret.ts";

/** Who logs in and from where; the same for every call of one login. */
export interface DuoSubject {
  readonly username: string;
  /** An IP literal, or undefined when none is known: Duo's address policies then have no effect. */
  readonly ipaddr: string | undefined;
  /** Name of the machine that is logged in to. */
  readonly hostname: string;
}

export type FactorKind = "push" | "phone" | "sms";

/** One line of the menu. */
export interface FactorOption {
  /** Duo Unix's name for it, which may be typed: `push1`, `phone2`, `sms1`. */
  readonly name: string;
  readonly kind: FactorKind;
  readonly label: DisplayText;
  /** What the dialect needs to ask for this factor: a device ID in v2, a factor name in v1 and unix. */
  readonly target: string;
}

export interface FactorMenu {
  /** In order of preference; numbered from 1. */
  readonly options: readonly FactorOption[];
  /** What Enter and autopush choose. */
  readonly preferred: FactorOption | undefined;
  /** The same for each name of one account, and for no other account; undefined where the dialect does not tell devices. */
  readonly phones?: string | undefined;
  /** Text that the service made for the prompt, in dialects that have one. */
  readonly serverPrompt?: DisplayText | undefined;
}

/** Verified Duo Push: the user types this code into Duo Mobile. SECURITY: shown with a prompt, never logged. */
export interface VerifiedPush {
  /** What the push has to name; undefined where Duo gave none. */
  readonly txid: string | undefined;
  /** Undefined where the code comes only after auth, as the `instruction` of a state. */
  readonly code: Secret | undefined;
}

export type Preauth =
  | { readonly kind: "allow" | "deny"; readonly message: DisplayText }
  | { readonly kind: "enroll"; readonly message: DisplayText; readonly url: DisplayText | undefined }
  | { readonly kind: "auth"; readonly menu: FactorMenu; readonly verifiedPush: VerifiedPush | undefined };

export type FactorChoice =
  | {
      readonly kind: "option";
      readonly option: FactorOption;
      /** The transaction of the verified push that the code belongs to. */
      readonly txid: string | undefined;
      /** Pairs shown in Duo Mobile. */
      readonly pushinfo: readonly (readonly [string, string])[];
    }
  | { readonly kind: "passcode"; readonly passcode: Secret };

/** A state of one authentication. Only `result` decides; `status` says why and what comes next. */
export interface AuthState {
  readonly result: "allow" | "deny" | "waiting";
  /** Duo's word: `pushed`, `calling`, `fraud`, `timeout`, `sent`, `locked_out`…; may be one that we do not know. */
  readonly status: string;
  readonly message: DisplayText;
  /**
   * What the user must read for this to go on, with a verification code in it; safe to display.
   * SECURITY: shown with a prompt, never logged, and not repeated in `message`.
   */
  readonly instruction?: Secret | undefined;
  /** With an allow: presented at a later preauth it stands for the factor. SECURITY: a bearer; never logged. */
  readonly trustedDeviceToken?: Secret | undefined;
}

/** `pending` carries the txid to ask auth_status for. */
export type AuthReply =
  | { readonly kind: "pending"; readonly txid: string }
  | { readonly kind: "final"; readonly state: AuthState; readonly txid: string | undefined };

export interface DuoApi {
  /** Has no side effect; repeated inside where that can help. `token` is that of an earlier allow, if there was one. */
  preauth(subject: DuoSubject, signal: AbortSignal, token?: Secret): Promise<Result<Preauth, DuoFailure>>;
  /** Sends the factor. SECURITY: exactly one request, whatever the network does. */
  auth(subject: DuoSubject, choice: FactorChoice, signal: AbortSignal): Promise<Result<AuthReply, DuoFailure>>;
  /** Waits for the next change of the authentication `txid`. */
  authStatus(txid: string, signal: AbortSignal): Promise<Result<AuthState, DuoFailure>>;
}
