// Scenes with a transport alone: what routes and filters of the namespace do to a connection.

import { execFileSync } from "node:child_process";
import { systemClock } from "../../../src/core/clock.ts";
import { systemResolve } from "../../../src/duo/resolver.ts";
import { createTransport, type TransportParts, type TransportSettings } from "../../../src/duo/transport.ts";
import { settingsFor } from "../../support/duo-service.ts";
import { startScriptedDuo } from "../../support/scripted-duo.ts";
import { makeAuthority } from "../../support/test-authority.ts";
import { ip, type Outcome, sysctl } from "./taken.ts";

const PING = { stage: "ping", method: "GET", path: "/auth/v2/ping", headers: {} } as const;
const PONG = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
const live = new AbortController().signal;

interface Way {
  readonly host?: string;
  readonly change?: Partial<TransportSettings>;
  readonly parts?: TransportParts;
}

/** A transport of this process to a server on the loopback of the namespace, and what a ping by it comes to. */
export async function wayStage({ host = "localhost", change = {}, parts = {} }: Way) {
  const authority = makeAuthority();
  const server = await startScriptedDuo(
    authority.issue("duo.example.test", "DNS:duo.example.test,DNS:localhost"),
    (socket) => {
      // One request for each connection: the next one needs another.
      socket.end(PONG.replace("200 OK\r\n", "200 OK\r\nConnection: close\r\n"));
    },
  );
  const place = { ikey: "DI", skey: "s", caFile: "/dev/null", port: server.port };
  const settings = settingsFor(place, { caCertificates: [authority.root], host, connectTimeoutMs: 2500, ...change });
  const transport = createTransport(settings, systemClock, parts);
  const ping = async () => {
    const result = await transport.send(PING, live);
    return result.ok ? "answered" : `${result.error.code} ${result.error.stage}: ${result.error.detail}`;
  };
  const close = async () => {
    await transport.close();
    await server.close();
    authority.close();
  };
  return { ping, close };
}

export async function route(type: string, host = "10.9.0.1"): Promise<Outcome> {
  if (type !== "none") ip("route", "add", type, "10.9.0.1");
  const { ping, close } = await wayStage({ host });
  const outcome = await ping();
  await close();
  return { outcome };
}

/** Two addresses, one refused by the other side, one by this machine: in both orders, and with one that is silent. */
export async function mixed(): Promise<Outcome> {
  ip("route", "add", "prohibit", "10.9.0.1");
  const of = async (...addresses: readonly string[]) => {
    const parts = { resolve: () => Promise.resolve(addresses.map((address) => ({ address, family: 4 }))) };
    const { ping, close } = await wayStage({
      host: "duo.example.test",
      change: { port: 9, connectTimeoutMs: 1000 },
      parts,
    });
    const outcome = await ping();
    await close();
    return outcome;
  };
  return {
    first: await of("10.9.0.1", "127.0.0.1"),
    last: await of("127.0.0.1", "10.9.0.1"),
    both: await of("127.0.0.1", "127.0.0.2"),
  };
}

export async function filter(verdict: string): Promise<Outcome> {
  try {
    execFileSync("iptables", ["-A", "OUTPUT", "-p", "tcp", "--dport", "443", "-j", ...verdict.split(" ")], {
      stdio: "pipe",
    });
  } catch {
    return { skipped: "iptables does not work in here" };
  }
  const { ping, close } = await wayStage({ host: "127.0.0.1", change: { port: 443, connectTimeoutMs: 800 } });
  const outcome = await ping();
  await close();
  return { outcome };
}

/** What a user does who has filled the table of tracked connections: every new one's first packet is dropped. */
export async function fullTable(): Promise<Outcome> {
  const host = "duo.example.test";
  const change = { connectTimeoutMs: 800 };
  const addresses = [
    { address: "2001:db8::1", family: 6 },
    { address: "127.0.0.1", family: 4 },
  ];
  const one = await wayStage({ host, change, parts: { resolve: () => Promise.resolve(addresses.slice(1)) } });
  const both = await wayStage({ host, change, parts: { resolve: () => Promise.resolve(addresses) } });
  const unknown = await wayStage({ host, parts: { resolve: systemResolve } });
  const well = await both.ping();
  try {
    const rule = "OUTPUT -m conntrack --ctstate NEW -j DROP";
    execFileSync("iptables", ["-A", ...rule.split(" ")], { stdio: "pipe" });
  } catch {
    return { skipped: "iptables does not work in here" };
  }
  // Nobody can reach the IPv6 address from here, and the machine says so: it is the silence of the other one that matters.
  const outcomes = [await one.ping(), await both.ping()];
  const lookUp = await unknown.ping();
  for (const { close } of [one, both, unknown]) await close();
  return { well, outcomes, lookUp };
}

/** IPv6 is switched off, and the name has addresses of both families: with every port taken, and with a server that refuses. */
export async function noIpv6(): Promise<Outcome> {
  sysctl("net.ipv6.conf.all.disable_ipv6=1");
  const addresses = [
    { address: "2001:db8::1", family: 6 },
    { address: "127.0.0.1", family: 4 },
  ];
  const parts = { resolve: () => Promise.resolve(addresses) };
  const refusing = await wayStage({ host: "duo.example.test", change: { port: 9 }, parts });
  const refused = await refusing.ping();
  await refusing.close();
  const { ping, close } = await wayStage({ host: "duo.example.test", parts });
  const well = await ping();
  await close();
  return { refused, well };
}
