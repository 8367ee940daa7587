// What a configuration means once it is read: a frozen snapshot with units in the names. It knows nothing of files or
// syntax. Built by parse.ts; read by everything that main wires together.

import type { Secret } from "../core/secret.ts";
import type { ConfigProblem } from "./problem.ts";
import type { HttpProxy } from "./proxy-value.ts";

export type FailMode = "safe" | "secure";
export type DuoApiDialect = "v2" | "v1" | "unix";
export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFormat = "json" | "duo_unix";
export type SubjectChoice = "default" | "caller" | "target";

export interface Config {
  /** For every PAM service that `services` does not have. */
  readonly duo: DuoSettings;
  /** `[service:NAME]` by NAME: the settings of [duo] with that section's lines in their place. */
  readonly services: ReadonlyMap<string, DuoSettings>;
  readonly gateway: GatewaySettings;
  /** Odd but usable: the admin should see them, nothing stops for them. */
  readonly warnings: readonly ConfigProblem[];
}

export interface DuoSettings {
  readonly ikey: string;
  readonly skey: Secret;
  /** Lower case, without port and without brackets. */
  readonly host: string;
  readonly port: number;
  readonly failmode: FailMode;
  readonly api: DuoApiDialect;
  /** Absolute path as written, or `system`; undefined for the authorities that come with duogate. */
  readonly cafile: string | undefined;
  /** What is trusted, in PEM form. Filled by loadConfig; parseConfig leaves it empty, which trusts nobody. */
  readonly caCertificates: readonly string[];
  readonly httpProxy: HttpProxy | undefined;
  readonly autopush: boolean;
  /** Attempts for one login, 1 to 3. */
  readonly prompts: number;
  readonly pushinfo: boolean;
  /** On login.sock only. */
  readonly acceptEnvFactor: boolean;
  /** Pattern lists as written; empty means that everyone must pass. */
  readonly groups: readonly string[];
  readonly identity: IdentitySettings;
  /** The server's own address stands in for a client's that is not known. */
  readonly fallbackLocalIp: boolean;
  /** TCP and TLS together. */
  readonly connectTimeoutMs: number;
  /** From request to response headers, for calls that Duo answers at once. */
  readonly requestTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  /** From request to response headers, for calls that wait for the user. */
  readonly pollTimeoutMs: number;
}

/** An address of the loopback interface. */
export interface LoopbackPlace {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface LoginUser {
  readonly local: string;
  readonly duo: string;
}

/** Whom Duo is asked for, and under which name. */
export interface IdentitySettings {
  readonly subject: SubjectChoice;
  readonly sendGecos: boolean;
  /** One character. */
  readonly gecosDelim: string;
  /** Counted from 1. */
  readonly gecosUsernamePos: number | undefined;
  readonly usernameStripDomain: boolean;
  readonly usernameLower: boolean;
  readonly usernameSuffix: string | undefined;
}

export interface GatewaySettings {
  readonly runtimeDir: string;
  readonly maxLogins: number;
  /** On login.sock only. */
  readonly maxLoginsPerUid: number;
  /** Names at Duo under which a local account may log in on login.sock, beside its own. */
  readonly loginUsers: readonly LoginUser[];
  /** Whether the address that login_duogate reports is told to Duo. */
  readonly trustLoginAddress: boolean;
  readonly answerTimeoutMs: number;
  readonly loginTimeoutMs: number;
  /** How long logins in flight may go on after the daemon was told to stop. */
  readonly shutdownTimeoutMs: number;
  readonly lookupTimeoutMs: number;
  /** 0: no connection is kept warm. */
  readonly keepWarmMs: number;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Where the metrics can be read without being root; undefined: nowhere but on control.sock. */
  readonly metricsListen: LoopbackPlace | undefined;
  /** The name shown in a push; undefined means the machine's own. */
  readonly hostname: string | undefined;
}
