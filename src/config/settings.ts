// Which options make up which settings: the one place where rows of the table become fields of Config. Called by parse.ts.

import type { DuoSettings, GatewaySettings, IdentitySettings } from "./config.ts";
import type { ScannedLines } from "./lines.ts";
import type { Option } from "./option.ts";
import { OPTIONS } from "./options.ts";
import { complaint } from "./problem.ts";
import type { ValueReader } from "./value-reader.ts";

type Take = <T>(option: Option<T>) => T;

export function duoSettings(reader: ValueReader): DuoSettings {
  const settings = settingsFrom((option) => reader.take(option));
  // The obsolete ones, for their warnings.
  reader.take(OPTIONS.gecosParsed);
  reader.take(OPTIONS.devFipsMode);
  reader.take(OPTIONS.verifiedPush);
  const line = reader.lineOf(undefined, OPTIONS.subject);
  if (settings.identity.subject === "caller" && line !== undefined) {
    const message = "for sshd and login the caller is root, so that they would ask for root's second factor";
    reader.warn(line, OPTIONS.subject, complaint("unusual-value", message, "move the line to [service:su]"));
  }
  return settings;
}

/** [duo]'s settings with the lines of each [service:NAME] in their place. */
export function serviceSettings(reader: ValueReader, { sections }: ScannedLines): ReadonlyMap<string, DuoSettings> {
  const services = new Map<string, DuoSettings>();
  for (const { service } of sections.values()) {
    if (service === undefined) continue;
    const settings = settingsFrom((option) => reader.takeFor(service, option, reader.quietly(option)));
    reader.takeFor(service, OPTIONS.gecosParsed, false);
    reader.takeFor(service, OPTIONS.devFipsMode, false);
    reader.takeFor(service, OPTIONS.verifiedPush, true);
    keysTogether(reader, service);
    services.set(service, settings);
  }
  return services;
}

/** One application's key with the other's secret would refuse every login of the service. */
function keysTogether(reader: ValueReader, service: string): void {
  const ikey = reader.lineOf(service, OPTIONS.ikey);
  const skey = reader.lineOf(service, OPTIONS.skey);
  if ((ikey === undefined) === (skey === undefined)) return;
  const [there, missing] = ikey === undefined ? [OPTIONS.skey, "ikey"] : [OPTIONS.ikey, "skey"];
  const message = `the section has no ${missing}: both belong to one application`;
  reader.complain(ikey ?? skey ?? 1, there, complaint("keys-apart", message, `write its ${missing} here too`));
}

function settingsFrom(take: Take): DuoSettings {
  const { host, port } = take(OPTIONS.host);
  return Object.freeze({
    ikey: take(OPTIONS.ikey),
    skey: take(OPTIONS.skey),
    host,
    port,
    failmode: take(OPTIONS.failmode),
    api: take(OPTIONS.api),
    cafile: take(OPTIONS.cafile),
    caCertificates: Object.freeze([]),
    httpProxy: take(OPTIONS.httpProxy),
    autopush: take(OPTIONS.autopush),
    prompts: take(OPTIONS.prompts),
    pushinfo: take(OPTIONS.pushinfo),
    groups: take(OPTIONS.groups),
    acceptEnvFactor: take(OPTIONS.acceptEnvFactor),
    identity: identitySettings(take),
    fallbackLocalIp: take(OPTIONS.fallbackLocalIp),
    connectTimeoutMs: take(OPTIONS.connectTimeout),
    requestTimeoutMs: take(OPTIONS.requestTimeout),
    bodyTimeoutMs: take(OPTIONS.bodyTimeout),
    pollTimeoutMs: take(OPTIONS.pollTimeout),
  });
}

function identitySettings(take: Take): IdentitySettings {
  return Object.freeze({
    subject: take(OPTIONS.subject),
    sendGecos: take(OPTIONS.sendGecos),
    gecosDelim: take(OPTIONS.gecosDelim),
    gecosUsernamePos: take(OPTIONS.gecosUsernamePos),
    usernameStripDomain: take(OPTIONS.usernameStripDomain),
    usernameLower: take(OPTIONS.usernameLower),
    usernameSuffix: take(OPTIONS.usernameSuffix),
  });
}

export function gatewaySettings(reader: ValueReader): GatewaySettings {
  return Object.freeze({
    runtimeDir: reader.take(OPTIONS.runtimeDir),
    maxLogins: reader.take(OPTIONS.maxLogins),
    maxLoginsPerUid: reader.take(OPTIONS.maxLoginsPerUid),
    loginUsers: reader.take(OPTIONS.loginUsers),
    trustLoginAddress: reader.take(OPTIONS.trustLoginAddress),
    answerTimeoutMs: reader.take(OPTIONS.answerTimeout),
    loginTimeoutMs: reader.take(OPTIONS.loginTimeout),
    shutdownTimeoutMs: reader.take(OPTIONS.shutdownTimeout),
    lookupTimeoutMs: reader.take(OPTIONS.lookupTimeout),
    keepWarmMs: reader.take(OPTIONS.keepWarm),
    logLevel: reader.take(OPTIONS.logLevel),
    logFormat: reader.take(OPTIONS.logFormat),
    metricsListen: reader.take(OPTIONS.metricsListen),
    hostname: reader.take(OPTIONS.hostname),
  });
}
