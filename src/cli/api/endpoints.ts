// The endpoints of Duo's Auth API as a table: path and verb in each version, and every parameter with the option that
// carries it. The commands, their help and the requests are made from it. It does nothing.

/** The two shapes of the API. The dialect `unix` is v2 here. */
export type ApiVersion = "v2" | "v1";
export type EndpointName = "ping" | "check" | "logo" | "preauth" | "auth" | "auth-status" | "enroll" | "enroll-status";

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

export interface Endpoint {
  readonly name: EndpointName;
  readonly about: string;
  readonly method: "GET" | "POST";
  readonly v2: string;
  /** Absent where v1 has nothing like it. */
  readonly v1?: string;
  /** `ping` alone goes unsigned: it works with wrong keys and a wrong clock. */
  readonly signed: boolean;
  /** May be sent again when no answer came: it changes nothing. */
  readonly repeatable: boolean;
  readonly parameters: readonly Parameter[];
  readonly examples?: readonly string[];
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

const PREAUTH: readonly Parameter[] = [
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

const AUTH: readonly Parameter[] = [
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

const ENROLL: readonly Parameter[] = [
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

const ENROLL_STATUS: readonly Parameter[] = [
  { flags: "--user-id <id>", about: "the user's ID, from enroll", kind: "text", required: true, v2: "user_id" },
  {
    flags: "--activation-code-stdin",
    about: "read the activation code, from enroll, from standard input; asked for on a terminal",
    kind: "secret",
    v2: "activation_code",
  },
];

const read = { method: "GET", signed: true, repeatable: true, parameters: [] } as const;

export const ENDPOINTS: readonly Endpoint[] = [
  {
    ...read,
    name: "ping",
    about: "is Duo there, and what time has it; needs no keys",
    v2: "/auth/v2/ping",
    v1: "/rest/v1/ping",
    signed: false,
  },
  { ...read, name: "check", about: "are the keys right, and the clock", v2: "/auth/v2/check", v1: "/rest/v1/check" },
  {
    ...read,
    name: "logo",
    about: "the organisation's logo: its type and size, or a file",
    v2: "/auth/v2/logo",
    v1: "/rest/v1/logo",
  },
  {
    ...read,
    name: "preauth",
    about: "may this user log in, and with which factors; asks the user nothing",
    method: "POST",
    v2: "/auth/v2/preauth",
    v1: "/rest/v1/preauth",
    parameters: PREAUTH,
    examples: ["duogate api preauth --username alice --ipaddr 203.0.113.5"],
  },
  {
    name: "auth",
    about: "ask a user for a factor: this rings real phones and uses passcodes up",
    method: "POST",
    v2: "/auth/v2/auth",
    v1: "/rest/v1/auth",
    signed: true,
    repeatable: false,
    parameters: AUTH,
    examples: [
      "duogate api auth --username alice --factor push --device auto --pushinfo 'from=help desk'",
      "duogate api auth --username alice --factor passcode --passcode-stdin < code.txt",
      "duogate api auth --api v1 --username alice --factor auto --auto push1 --async",
    ],
  },
  {
    ...read,
    name: "auth-status",
    about: "wait for the next change of an authentication",
    v2: "/auth/v2/auth_status",
    v1: "/rest/v1/status",
    parameters: [
      {
        flags: "--txid <txid>",
        about: "the txid of auth --async",
        kind: "text",
        required: true,
        v2: "txid",
        v1: "txid",
      },
    ],
  },
  {
    name: "enroll",
    about: "make a new user and an activation code for Duo Mobile (v2 only)",
    method: "POST",
    v2: "/auth/v2/enroll",
    signed: true,
    repeatable: false,
    parameters: ENROLL,
  },
  {
    ...read,
    name: "enroll-status",
    about: "was an activation code used (v2 only)",
    method: "POST",
    v2: "/auth/v2/enroll_status",
    parameters: ENROLL_STATUS,
    examples: ["duogate api enroll-status --user-id DUXXXXXXXXXXXXXXXXXX --activation-code-stdin < code.txt"],
  },
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
