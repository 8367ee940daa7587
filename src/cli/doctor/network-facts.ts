// The way to Duo, step by step, each within its own limit and only while the one before has worked: the name, the proxy and
// TLS, a ping, the keys. Asks Duo nothing about any user. Judges nothing. Called by gather.ts.

import type { DetailedPeerCertificate } from "node:tls";
import type { DuoSettings } from "../../config/config.ts";
import type { Clock } from "../../core/clock.ts";
import type { DuoFailure } from "../../core/failure.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Resolve } from "../../duo/resolver.ts";
import { createDuoService, NO_DUO_EVENTS } from "../../duo/service.ts";
import { createConnect } from "../../duo/transport-connect.ts";
import { transportFailure } from "../../duo/transport-failure.ts";

export interface TlsSeen {
  /** `TLSv1.3`. */
  readonly protocol: string;
  /** The server's certificate first, the root last. */
  readonly chain: readonly { readonly subject: string; readonly expiresMs: number }[];
}

export interface PingSeen {
  /** Duo's clock minus this machine's; undefined where the answer has no time. */
  readonly skewMs: number | undefined;
}

export interface NetworkFacts {
  /** `[duo]`, or the section that has other settings. */
  readonly label: string;
  readonly settings: DuoSettings;
  /** `host:port`, without credentials. */
  readonly proxy: string | undefined;
  /** Addresses of the proxy, where there is one, else of Duo's host. */
  readonly addresses: Result<readonly string[], string>;
  /** Undefined, as what follows, where a step before has failed. */
  readonly tls: Result<TlsSeen, DuoFailure> | undefined;
  readonly ping: Result<PingSeen, DuoFailure> | undefined;
  readonly keys: Result<void, DuoFailure> | undefined;
}

export interface NetworkParts {
  readonly clock: Clock;
  readonly resolve: Resolve;
  readonly userAgent: string;
  /** Told what is about to be done. */
  readonly progress: (what: string) => void;
}

export async function networkFacts(label: string, settings: DuoSettings, parts: NetworkParts): Promise<NetworkFacts> {
  const { httpProxy } = settings;
  const proxy = httpProxy === undefined ? undefined : `${httpProxy.host}:${httpProxy.port}`;
  const known = { label, settings, proxy };
  parts.progress(`looking up ${httpProxy?.host ?? settings.host}`);
  const addresses = await lookUp(httpProxy?.host ?? settings.host, settings, parts);
  if (!addresses.ok) return { ...known, addresses, tls: undefined, ping: undefined, keys: undefined };
  parts.progress(`connecting to ${settings.host}${proxy === undefined ? "" : ` through ${proxy}`}`);
  const tls = await shakeHands(settings, parts);
  if (!tls.ok) return { ...known, addresses, tls, ping: undefined, keys: undefined };
  return { ...known, addresses, tls, ...(await askDuo(settings, parts)) };
}

async function lookUp(
  host: string,
  { connectTimeoutMs }: DuoSettings,
  { clock, resolve }: NetworkParts,
): Promise<NetworkFacts["addresses"]> {
  return await new Promise((settle) => {
    const timer = clock.after(connectTimeoutMs, () =>
      settle(err(`no answer of the resolver within ${connectTimeoutMs} ms`)),
    );
    resolve(host)
      .then(
        (found) => ok(found.map(({ address }) => address)),
        (error: unknown) => err(error instanceof Error ? error.message : String(error)),
      )
      .then((result) => {
        timer.cancel();
        settle(result);
      });
  });
}

async function shakeHands(
  settings: DuoSettings,
  { clock, resolve }: NetworkParts,
): Promise<Result<TlsSeen, DuoFailure>> {
  const { signal } = new AbortController();
  try {
    const socket = await createConnect(settings, { clock, resolve, onRoot: () => undefined })(signal);
    const seen = { protocol: socket.getProtocol() ?? "unknown", chain: chainOf(socket.getPeerCertificate(true)) };
    socket.destroy();
    return ok(seen);
  } catch (error) {
    return err(transportFailure(error, "connect", signal));
  }
}

const CHAIN_MAX = 10;

function chainOf(leaf: DetailedPeerCertificate): TlsSeen["chain"] {
  const chain: { subject: string; expiresMs: number }[] = [];
  const seen = new Set<string>();
  let certificate: DetailedPeerCertificate | undefined = leaf;
  while (certificate !== undefined && !seen.has(certificate.fingerprint256) && chain.length < CHAIN_MAX) {
    seen.add(certificate.fingerprint256);
    const { CN, O } = certificate.subject ?? {};
    chain.push({
      subject: [CN ?? O ?? "without a name"].flat().join(" "),
      expiresMs: Date.parse(certificate.valid_to),
    });
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

async function askDuo(
  settings: DuoSettings,
  { clock, userAgent, progress }: NetworkParts,
): Promise<Pick<NetworkFacts, "ping" | "keys">> {
  const duo = createDuoService({ ...settings, userAgent, keepWarmMs: 0 }, clock, NO_DUO_EVENTS);
  const { signal } = new AbortController();
  try {
    progress(`asking ${settings.host} for its time`);
    const sentMs = clock.wallMs();
    const ping = await duo.ping(signal);
    if (!ping.ok) return { ping, keys: undefined };
    // Duo's time has whole seconds: half a second is the best guess of what is cut off.
    const { time } = ping.value;
    const skewMs = time === undefined ? undefined : time * 1000 + 500 - (sentMs + clock.wallMs()) / 2;
    progress(`asking ${settings.host} whether the keys are right`);
    return { ping: ok({ skewMs }), keys: await duo.check(signal) };
  } finally {
    await duo.close();
  }
}
