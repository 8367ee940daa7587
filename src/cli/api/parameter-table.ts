// The parameters of Duo's Auth API as a table: the option that carries each, and Duo's name for it in each version. It does
// nothing; endpoints.ts says which endpoint takes which.

/** The two shapes of the API. The dialect `unix` is v2 here. */
export type ApiVersion = "v2" | "v1";

export interface Parameter {
  /** As commander takes them. */
  readonly flags: string;
  readonly about: string;
  /**
   * `text`: the value as written. `whole`: a whole number. `switch`: "1" when given. `on`: "1" unless `--no-…` is given.
   * `pairs`: KEY=VALUE, repeatable. `secret`: read from standard input, never from the command line.
   */
  readonly kind: "text" | "whole" | "switch" | "on" | "pairs" | "secret";
  readonly choices?: readonly string[];
  readonly required?: boolean;
  /** Duo's name for it, where that version has it. */
  readonly v2?: string;
  readonly v1?: string;
}

const USERNAME = { flags: "--username <name>", kind: "text", v2: "username", v1: "user" } as const;
const USER: readonly Parameter[] = [
  { ...USERNAME, about: "the user, by the name in Duo" },
  { flags: "--user-id <id>", about: "the user, by Duo's ID (DU…)", kind: "text", v2: "user_id" },
];
const PLACE: readonly Parameter[] = [
  {
    flags: "--ipaddr <address>",
    about: "where the user comes from; without it Duo's address policies have no effect",
    kind: "text",
    v2: "ipaddr",
    v1: "ipaddr",
  },
  {
    flags: "--hostname <name>",
    about: "the machine that is logged in to",
    kind: "text",
    v2: "hostname",
    v1: "hostname",
  },
];

export const PREAUTH: readonly Parameter[] = [
  ...USER,
  ...PLACE,
  {
    flags: "--no-verified-push",
    about: "say that a verification code cannot be shown; a policy that wants one is then bypassed",
    kind: "on",
    v2: "client_supports_verified_push",
  },
  {
    flags: "--trusted-device-token-stdin",
    about: "read the token of a remembered device from standard input",
    kind: "secret",
    v2: "trusted_device_token",
  },
];

export const AUTH: readonly Parameter[] = [
  ...USER,
  {
    flags: "--factor <factor>",
    about: "what to ask the user for",
    kind: "text",
    choices: ["auto", "push", "passcode", "sms", "phone"],
    required: true,
    v2: "factor",
    v1: "factor",
  },
  ...PLACE,
  {
    flags: "--device <device>",
    about: "v2: a device's ID (DP…) or auto; v1: phone1, phone2, …",
    kind: "text",
    v2: "device",
    v1: "phone",
  },
  {
    flags: "--auto <name>",
    about: "v1, factor auto: a factor name from preauth, such as push1",
    kind: "text",
    v1: "auto",
  },
  {
    flags: "--passcode-stdin",
    about: "read the passcode from standard input; on a terminal, factor passcode asks for it anyway",
    kind: "secret",
    v2: "passcode",
    v1: "code",
  },
  {
    flags: "--async",
    about: "do not wait: answer with a txid for auth-status",
    kind: "switch",
    v2: "async",
    v1: "async",
  },
  { flags: "--txid <txid>", about: "the txid that preauth gave for a verified push", kind: "text", v2: "txid" },
  { flags: "--type <words>", about: "what the push calls the request", kind: "text", v2: "type" },
  {
    flags: "--display-username <name>",
    about: "the user name that the push shows",
    kind: "text",
    v2: "display_username",
  },
  {
    flags: "--pushinfo <key=value>",
    about: "a line that the push shows; can be given several times",
    kind: "pairs",
    v2: "pushinfo",
    v1: "pushinfo",
  },
];

export const ENROLL: readonly Parameter[] = [
  { ...USERNAME, about: "name of the new user; Duo makes one up without it" },
  {
    flags: "--valid-secs <seconds>",
    about: "how long the activation code is valid; a day without it",
    kind: "whole",
    v2: "valid_secs",
  },
  {
    flags: "--bypass-codes <count>",
    about: "make bypass codes too; they are printed",
    kind: "whole",
    v2: "bypass_codes",
  },
];

export const ENROLL_STATUS: readonly Parameter[] = [
  { flags: "--user-id <id>", about: "the user's ID, from enroll", kind: "text", required: true, v2: "user_id" },
  {
    flags: "--activation-code-stdin",
    about: "read the activation code, from enroll, from standard input; asked for on a terminal",
    kind: "secret",
    v2: "activation_code",
  },
];

export const AUTH_STATUS: readonly Parameter[] = [
  { flags: "--txid <txid>", about: "the txid of auth --async", kind: "text", required: true, v2: "txid", v1: "txid" },
];

/** The long option, `--user-id`, as it is spoken of in messages. */
export function optionName({ flags }: Parameter): string {
  return flags.split(" ")[0] ?? flags;
}

/** The key under which commander hands the value on: `userId`; for `--no-x` that of `x`. */
export function optionKey(parameter: Parameter): string {
  return optionName(parameter)
    .replace(/^--(no-)?/, "")
    .replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
