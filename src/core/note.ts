// LoginNote: something about one login that an administrator should find in the log although it decided nothing by itself: a
// name or an address that took another's place, a look-up that gave no answer, an attempt that failed. Made by login/ and
// policy/, written by telemetry/. It never holds a secret.

export type LoginNote =
  /** Duo was asked for a name from the GECOS field. */
  | { readonly kind: "gecos-name"; readonly duoUser: string }
  /** The field is empty, and Duo was asked for the login name. */
  | { readonly kind: "gecos-empty" }
  /** The field has no such piece, and Duo was asked for the login name. */
  | { readonly kind: "gecos-piece-missing" }
  /** The second factor was asked for because the user's groups could not be known. */
  | { readonly kind: "groups-unknown"; readonly detail: string }
  /** The client's address is not known; Duo was told this machine's own. */
  | { readonly kind: "address-replaced"; readonly rhost: string }
  /** The client's address is not known; Duo was told none. */
  | { readonly kind: "address-left-out"; readonly rhost: string }
  /** One attempt within the login; `status` is Duo's word, where it came so far. */
  | { readonly kind: "attempt-failed"; readonly status: string | undefined };
