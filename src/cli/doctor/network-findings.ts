// What was met on the way to Duo, in words: name, proxy, TLS, clock, keys, and what a failure there means for logins. Pure.
// Called by doctor.

import { type DuoFailure, failureClass } from "../../core/failure.ts";
import { describeFailure, LOCAL_TROUBLE_REMEDY } from "../api/verdict.ts";
import { danger, type Finding, note, ok, warning } from "./finding.ts";
import type { NetworkFacts, TlsSeen } from "./network-facts.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Duo renews its certificate in time; an old one here is somebody else's, or a clock that is wrong. */
const LEAF_DAYS = 7;
const ROOT_DAYS = 90;

export function networkFindings(facts: NetworkFacts, nowMs: number): readonly Finding[] {
  const { label, tls, ping, keys } = facts;
  const found = [
    ...nameFindings(facts),
    ...(tls === undefined ? [] : tls.ok ? tlsFindings(tls.value, nowMs) : [wayFinding(tls.error, facts)]),
    ...(ping === undefined
      ? []
      : ping.ok
        ? clockFindings(ping.value.skewMs)
        : [dutyFinding("duo", "duo-ping", ping.error, facts)]),
    ...(keys === undefined ? [] : [keysFinding(keys.ok ? undefined : keys.error, facts)]),
  ];
  return label === "[duo]" ? found : found.map((one) => ({ ...one, seen: `${label}: ${one.seen}` }));
}

/** What it means that Duo cannot be reached is for failmode to say; of another failure it says nothing. */
function consequence({ settings: { failmode } }: NetworkFacts, failure?: DuoFailure): string {
  if (failure !== undefined && failureClass(failure.code) !== "outage")
    return "every login is denied, whatever failmode says";
  return failmode === "safe" ? "failmode = safe lets every login in without Duo" : "failmode = secure lets nobody in";
}

const LOOPBACK = /^(127\.|::1$|0\.0\.0\.0$|::$|::ffff:127\.)/i;
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|169\.254\.|fe80:|f[cd])/i;

function nameFindings(facts: NetworkFacts): readonly Finding[] {
  const { addresses, proxy, settings } = facts;
  const name = proxy ?? settings.host;
  const area = proxy === undefined ? "dns" : "proxy";
  if (!addresses.ok) {
    const seen = `${name} has no address: ${addresses.error}; ${consequence(facts)}`;
    return [
      danger(
        area,
        "dns",
        seen,
        `getent ahosts ${proxy?.replace(/:\d+$/, "") ?? settings.host}, and look at /etc/resolv.conf`,
      ),
    ];
  }
  const shown = `${name} is ${addresses.value.join(", ")}`;
  if (proxy === undefined && settings.host.endsWith(".duosecurity.com")) {
    const look = "look at /etc/hosts: whoever turns Duo's name away from Duo decides by failmode who gets in";
    if (addresses.value.some((one) => LOOPBACK.test(one)))
      return [danger(area, "dns-redirected", `${shown}: this machine itself`, look)];
    if (addresses.value.some((one) => PRIVATE.test(one)))
      return [warning(area, "dns-redirected", `${shown}: a private address`, look)];
  }
  return [ok(area, "dns", shown)];
}

function tlsFindings({ protocol, chain }: TlsSeen, nowMs: number): readonly Finding[] {
  const days = (expiresMs: number) => Math.floor((expiresMs - nowMs) / DAY_MS);
  const [leaf] = chain;
  const root = chain.at(-1);
  if (leaf === undefined || root === undefined) return [];
  const findings: Finding[] = [];
  if (days(leaf.expiresMs) < LEAF_DAYS) {
    const seen = `the certificate of ${leaf.subject} is valid for ${days(leaf.expiresMs)} more days`;
    findings.push(
      warning(
        "tls",
        "tls-expires",
        seen,
        "look at this machine's clock, and whether something on the way answers for Duo",
      ),
    );
  }
  if (days(root.expiresMs) < ROOT_DAYS) {
    const seen = `the root that is trusted, ${root.subject}, is valid for ${days(root.expiresMs)} more days`;
    findings.push(
      warning("tls", "tls-root-expires", seen, "install a newer duogate, or name another file with cafile ="),
    );
  }
  const shown = `${protocol}, certificate of ${leaf.subject} for ${days(leaf.expiresMs)} more days, under ${root.subject}`;
  return findings.length > 0 ? findings : [ok("tls", "tls", shown)];
}

/** Before a request was sent: the proxy's, the network's or TLS's fault. */
function wayFinding(failure: DuoFailure, facts: NetworkFacts): Finding {
  const { settings, proxy } = facts;
  const { host, port } = settings;
  if (failure.code === "tls-failed") {
    const seen = `whoever answers for ${host} cannot prove to be it: ${failure.detail}; ${consequence(facts)}`;
    return danger(
      "tls",
      "tls-untrusted",
      seen,
      "look at this machine's clock, at cafile =, and whether a proxy opens TLS on the way",
    );
  }
  if (failure.code === "proxy-refused") {
    const seen = `the proxy ${proxy ?? ""} refuses: ${failure.detail}; every login is denied`;
    return danger(
      "proxy",
      "proxy-refused",
      seen,
      "correct http_proxy = and its credentials, or let the proxy allow CONNECT to Duo",
    );
  }
  if (failure.code === "local-trouble") {
    const seen = `this machine cannot ask Duo, by its own trouble: ${failure.detail}; ${consequence(facts, failure)}`;
    return danger("duo", "local-trouble", seen, LOCAL_TROUBLE_REMEDY);
  }
  if (failure.code === "resolve-failed")
    return danger("dns", "dns", `${failure.detail}; ${consequence(facts)}`, `getent ahosts ${host}`);
  const area = proxy === undefined ? "duo" : "proxy";
  const seen = `no connection to ${host}:${port}${proxy === undefined ? "" : ` through ${proxy}`}: ${failure.detail}; ${consequence(facts, failure)}`;
  return danger(
    area,
    "duo-unreachable",
    seen,
    `let this machine connect to ${proxy ?? `${host}:${port}`}, or write http_proxy =`,
  );
}

function dutyFinding(area: string, id: string, failure: DuoFailure, facts: NetworkFacts): Finding {
  const { lines } = describeFailure(failure);
  return danger(
    area,
    id,
    `${lines[0] ?? failure.code}; ${consequence(facts, failure)}`,
    lines[1] ?? "try again, and look at status.duo.com",
  );
}

/** Duo refuses requests that are further off. */
const DUO_BOUND_S = 300;
const SKEW_NOTED_S = 30;
const SKEW_BOUND_S = 24 * 60 * 60;

function clockFindings(skewMs: number | undefined): readonly Finding[] {
  const area = "clock";
  if (skewMs === undefined) return [note(area, "clock-unseen", "Duo's answer has no time in it")];
  const seconds = Math.round(skewMs / 1000);
  const how = `this machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "behind" : "ahead of"} Duo's`;
  const remedy = "timedatectl set-ntp true, or set the clock";
  if (Math.abs(seconds) > SKEW_BOUND_S)
    return [danger(area, "clock", `${how}: more than a day, which is not believed; every login is denied`, remedy)];
  if (Math.abs(seconds) > DUO_BOUND_S)
    return [
      warning(
        area,
        "clock",
        `${how}: logins work, because requests are dated by Duo's clock, but certificates and logs are judged by this one`,
        remedy,
      ),
    ];
  if (Math.abs(seconds) > SKEW_NOTED_S) return [warning(area, "clock", how, remedy)];
  return [ok(area, "clock", `within ${Math.max(2, Math.abs(seconds))} s of Duo's`)];
}

function keysFinding(failure: DuoFailure | undefined, facts: NetworkFacts): Finding {
  const { api } = facts.settings;
  if (failure === undefined) return ok("duo", "duo-keys", `answers, and takes the keys (api = ${api})`);
  const kind = api === "unix" ? "UNIX Application" : "Auth API";
  if (failure.code === "forbidden") {
    const seen = `Duo refuses the keys for api = ${api}: they belong to another kind of application; every login is denied`;
    return danger(
      "duo",
      "duo-keys",
      seen,
      `in Duo's Admin Panel: Protect an Application, ${kind}; write its ikey and skey`,
    );
  }
  const { lines } = describeFailure(failure);
  return danger(
    "duo",
    "duo-keys",
    lines[0] ?? failure.code,
    lines[1] ?? "compare ikey, skey and host with the Duo Admin Panel",
  );
}
