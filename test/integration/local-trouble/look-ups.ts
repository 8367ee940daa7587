// Scenes with a resolver: one that answers as it is told, and a machine that cannot ask it.

import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { systemResolve } from "../../../src/duo/resolver.ts";
import { type Outcome, takePorts } from "./taken.ts";
import { wayStage } from "./way.ts";

/** A resolver that answers with an address, or as it is told. */
type DnsAnswer = "address" | "nxdomain" | "servfail" | "empty" | "silent";

async function dnsServer(said: { now: DnsAnswer }) {
  const server = createSocket("udp4");
  server.on("message", (query, { port, address }) => {
    if (said.now === "silent") return;
    const a = query.readUInt16BE(query.indexOf(0, 12) + 1) === 1;
    const answers = said.now === "address" && a ? 1 : 0;
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | (said.now === "nxdomain" ? 3 : said.now === "servfail" ? 2 : 0), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(answers, 6);
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
    server.send(Buffer.concat([head, question, ...(answers === 1 ? [record] : [])]), port, address);
  });
  server.bind(53, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function useResolver(): void {
  writeFileSync("/run/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
  writeFileSync("/run/nsswitch.conf", "hosts: files dns\n");
  for (const name of ["resolv.conf", "nsswitch.conf"])
    execFileSync("mount", ["--bind", `/run/${name}`, `/etc/${name}`]);
}

/** What a look-up comes to, with each answer of a resolver; the address is that of the server. */
export async function dns(answer: string): Promise<Outcome> {
  useResolver();
  const said: { now: DnsAnswer } = { now: "address" };
  const server = answer === "nobody" ? undefined : await dnsServer(said);
  const { ping, close } = await wayStage({ host: "duo.example.test", parts: { resolve: systemResolve } });
  if (answer === "known") {
    const well = await ping();
    const outcomes: Record<string, string> = { well };
    for (const now of ["nxdomain", "servfail", "empty", "silent"] as const) {
      said.now = now;
      outcomes[now] = await ping();
    }
    await close();
    server?.close();
    return outcomes;
  }
  if (answer !== "nobody") said.now = answer as DnsAnswer;
  const outcome = await ping();
  await close();
  server?.close();
  return { outcome };
}

/** All UDP ports are taken: at first, and once an address is known. */
export async function udpPorts(): Promise<Outcome> {
  useResolver();
  const server = await dnsServer({ now: "address" });
  const { ping, close } = await wayStage({ host: "duo.example.test" });
  const other = await wayStage({ host: "duo.example.test" });
  const well = await ping();
  const release = await takePorts("SOCK_DGRAM", "given-out");
  const known = await ping();
  const unknown = await other.ping();
  await release();
  const free = await other.ping();
  await close();
  await other.close();
  server.close();
  return { well, known, unknown, free };
}

/** This process has no descriptor left for a look-up: getaddrinfo calls it an unknown name. */
export async function lookUpDescriptors(): Promise<Outcome> {
  execFileSync("prlimit", [`--pid=${process.pid}`, "--nofile=200:"]);
  const look = () =>
    systemResolve("localhost").then(
      (addresses) => `${addresses.length} addresses`,
      (error: unknown) => (error instanceof Error ? `${error.constructor.name}: ${error.message}` : "?"),
    );
  const held: number[] = [];
  try {
    for (;;) held.push(openSync("/dev/null", "r"));
  } catch {
    // All are held.
  }
  const none = await look();
  for (const descriptor of held) closeSync(descriptor);
  return { none, free: await look() };
}
