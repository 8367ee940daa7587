// The endpoints of Duo's Auth API as a table: path and verb in each version, and their parameters. The commands, their help
// and the requests are made from it. It does nothing.

import { AUTH, AUTH_STATUS, ENROLL, ENROLL_STATUS, type Parameter, PREAUTH } from "./parameter-table.ts";

export type EndpointName = "ping" | "check" | "logo" | "preauth" | "auth" | "auth-status" | "enroll" | "enroll-status";

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
    parameters: AUTH_STATUS,
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
