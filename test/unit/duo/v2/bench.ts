// The v2 adapter over a scripted transport, with what it sent as plain parameters. Used by the tests beside it.

import { Secret } from "../../../../src/core/secret.ts";
import type { DuoApi } from "../../../../src/duo/api.ts";
import { Client } from "../../../../src/duo/client.ts";
import { ClockOffset } from "../../../../src/duo/clock-offset.ts";
import { createV2Api } from "../../../../src/duo/v2/adapter.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { FakeTransport, okReply, type TransportReply } from "../../../support/fake-transport.ts";

export const live = new AbortController().signal;
export const subject = { username: "alice", ipaddr: "203.0.113.5", hostname: "wks01" };

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Bench {
  readonly api: DuoApi;
  readonly client: Client;
  readonly sent: () => readonly Sent[];
}

/** Answers every call with these responses inside an OK envelope. */
export function answering(...responses: readonly unknown[]): Bench {
  return replying(responses.map((response) => okReply(response)));
}

export function replying(replies: readonly TransportReply[]): Bench {
  const transport = new FakeTransport(replies);
  const parts = { transport, clock: new FakeClock(), offset: new ClockOffset(), random: () => 0 };
  const settings = { ikey: "DI", skey: new Secret("k"), host: "h", userAgent: "t" };
  const client = new Client(settings, { ...parts, synchronise: () => Promise.resolve(false) });
  const sent = () =>
    transport.requests.map(({ method, path, body }) => {
      const [bare, query] = path.split("?");
      return { method, path: bare ?? "", parameters: Object.fromEntries(new URLSearchParams(body ?? query ?? "")) };
    });
  return { api: createV2Api(client), client, sent };
}
