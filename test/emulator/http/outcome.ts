// Owns what an endpoint can answer, and the table of Duo's error codes with their texts.
// It knows no HTTP writing and no dialect: an encoder turns an outcome into bytes. Called by every endpoint.

/** What an endpoint decided. The HTTP status of a failure is the first three digits of its code. */
export type Outcome =
  | { readonly kind: "ok"; readonly response: unknown }
  | { readonly kind: "image"; readonly bytes: Buffer }
  | {
      readonly kind: "fail";
      readonly code: FailCode;
      readonly detail?: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

const messages = {
  40001: "Missing required request parameters",
  40002: "Invalid request parameters",
  40101: "Missing request credentials",
  40102: "Invalid integration key in request credentials",
  40103: "Invalid signature in request credentials",
  40104: "Missing request timestamp",
  40105: "Bad request timestamp",
  40106: "Missing or invalid content type",
  40301: "Access forbidden",
  40401: "Resource not found",
  40501: "Method not allowed",
  42901: "Too many requests",
  50001: "Internal server error",
} as const;

/** The error codes this server can give. */
export type FailCode = keyof typeof messages;

/** The text Duo's envelope carries beside `code`. */
export function failMessage(code: FailCode): string {
  return messages[code];
}

/** A success with its payload. */
export function ok(response: unknown): Outcome {
  return { kind: "ok", response };
}

/** A failure; `detail` names the parameter at fault. */
export function fail(code: FailCode, detail?: string): Outcome {
  return detail === undefined ? { kind: "fail", code } : { kind: "fail", code, detail };
}
