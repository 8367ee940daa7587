// A dialect over a scripted transport, with what it sent as plain parameters. Used by the tests of v1/ and unix/.

import { displayText } from "../../../src/core/display-text.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { AuthState, DuoApi, FactorChoice, FactorKind, Preauth } from "../../../src/duo/api.ts";
import { Client } from "../../../src/duo/client.ts";
import { ClockOffset } from "../../../src/duo/clock-offset.ts";
import { type DuoDialect, dialectOf } from "../../../src/duo/dialect.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { FakeTransport, okReply, type TransportReply } from "../../support/fake-transport.ts";

export const live = new AbortController().signal;
export const subject = { username: "alice", ipaddr: "203.0.113.5", hostname: "wks01" };

export interface Bench {
  readonly api: DuoApi;
  readonly client: Client;
  readonly transport: FakeTransport;
  /** `METHOD path` and the parameters of each request. */
  readonly sent: () => readonly (readonly [string, Readonly<Record<string, string>>])[];
  preauth(): Promise<Preauth | string>;
  auth(choice: FactorChoice): Promise<unknown>;
  status(): Promise<AuthState | string>;
}

/** Answers the calls with these responses inside OK envelopes. */
export function answering(name: DuoDialect, ...responses: readonly unknown[]): Bench {
  return replying(
    name,
    responses.map((response) => okReply(response)),
  );
}

export function replying(
  name: DuoDialect,
  replies: readonly TransportReply[],
  failmode: "safe" | "secure" = "secure",
): Bench {
  const clock = new FakeClock();
  const transport = new FakeTransport(replies, () => clock.jumpWall(1000));
  const parts = { transport, clock, offset: new ClockOffset(), random: () => 0 };
  const dialect = dialectOf(name);
  const settings = { ikey: "DI", skey: new Secret("k"), host: "h", userAgent: "t" };
  const synchronise = () => Promise.resolve(false);
  const client = new Client({ ...settings, signature: dialect.signature }, { ...parts, synchronise });
  const api = dialect.createApi(client, failmode);
  return {
    api,
    client,
    transport,
    sent: () =>
      transport.requests.map(({ method, path, body }) => {
        const [bare, query] = path.split("?");
        return [`${method} ${bare}`, Object.fromEntries(new URLSearchParams(body ?? query ?? ""))] as const;
      }),
    preauth: async () => valueOrCode(await api.preauth(subject, live)),
    auth: async (choice) => valueOrCode(await api.auth(subject, choice, live)),
    status: async () => valueOrCode(await api.authStatus("tx-1", live)),
  };
}

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly code: string } };

function valueOrCode<T>(outcome: Outcome<T>): T | string {
  return outcome.ok ? outcome.value : outcome.error.code;
}

export interface ChoiceDetails {
  readonly txid?: string;
  readonly pushinfo?: readonly (readonly [string, string])[];
}

/** The option that preauth called `target`. */
export function choice(kind: FactorKind, target: string, { txid, pushinfo = [] }: ChoiceDetails = {}): FactorChoice {
  const option = { name: `${kind}1`, kind, label: displayText("x"), target };
  return { kind: "option", option, txid, pushinfo };
}

export const passcode: FactorChoice = { kind: "passcode", passcode: new Secret("123456") };

/** The prompt and the map of the v1 document's example. */
export const PROMPT = [
  "Duo login for bob\n\n 1. Duo Push to XXX-XXX-1234\n 2. Duo Push to XXX-XXX-5678\n 3. Phone call to XXX-XXX-1234",
  " 4. Phone call to XXX-XXX-5678\n 5. SMS passcodes to XXX-XXX-1234 (next code starts with: B)",
  " 6. SMS passcodes to XXX-XXX-5678\n\nPasscode or option (1-6): ",
].join("\n");
export const FACTORS = {
  default: "push1",
  "1": "push1",
  "2": "push2",
  "3": "phone1",
  "4": "phone2",
  "5": "sms1",
  "6": "sms2",
};

/** No answer of a dialect whose decisions are allow and deny: none of them may count. */
export const NONSENSE: readonly unknown[] = [
  undefined,
  null,
  true,
  "allow",
  ["allow"],
  {},
  { result: "ALLOW" },
  { result: "allow " },
  { result: ["allow"] },
  { result: { toString: "allow" } },
  { result: true },
  { result: "approved" },
  { result: null },
];
