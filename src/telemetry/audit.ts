// The audit trail: typed events, each with a fixed set of field names, each one line whatever the log level. Only the
// fields named here are written: an object that carries more does not leak it. Decides nothing. Called by login/,
// gateway/ and main through the Audit interface.

import type { DuoFailure } from "../core/failure.ts";
import type { LoginNote } from "../core/note.ts";
import type { Verdict } from "../core/verdict.ts";
import { decisionWords, noteWords } from "./decision-words.ts";
import type { Logger, LogLevel } from "./logger.ts";

/** One login's end. Every transaction has exactly one. */
export interface Decision {
  readonly verdict: Verdict;
  readonly transaction: string;
  readonly user: string;
  /** What a helper on login.sock called the user, where it is not `user`: anybody can say anything there. */
  readonly claimedUser?: string | undefined;
  /** The name that Duo was asked about, where it differs. */
  readonly duoUser?: string | undefined;
  readonly service: string;
  readonly rhost?: string | undefined;
  /** False: the user who logs in could have chosen `rhost`. */
  readonly rhostTrusted?: boolean | undefined;
  /** The client's address as Duo was told it. */
  readonly address?: string | undefined;
  readonly tty?: string | undefined;
  readonly callerUid: number;
  readonly peerPid?: number | undefined;
  /** "push", "phone", "sms", "passcode"; undefined where none was used. */
  readonly factor?: string | undefined;
  readonly duoTxid?: string | undefined;
  /** The status word of Duo's last answer. */
  readonly duoStatus?: string | undefined;
  /** The call to Duo whose failure decided. */
  readonly failure?: DuoFailure | undefined;
  readonly attempts: number;
  readonly pushes: number;
  readonly durationMs: number;
  /** What came up on the way; each has a line of its own before the decision. */
  readonly notes?: readonly LoginNote[] | undefined;
}

/** Who a line is about, where a transaction has begun. */
export interface Subject {
  readonly transaction: string;
  readonly user: string;
  readonly service: string;
}

/** The other end of a socket, from its credentials. */
export interface PeerRefusal {
  readonly socket: string;
  readonly uid?: number | undefined;
  readonly pid?: number | undefined;
  readonly reason: string;
}

export interface ProtocolViolation {
  readonly socket: string;
  readonly transaction?: string | undefined;
  readonly uid?: number | undefined;
  readonly pid?: number | undefined;
  /** The failure's name from docs/PROTOCOL.md. */
  readonly failure: string;
}

export interface SummedRefusals {
  readonly socket: string;
  readonly cause: string;
  readonly uid?: number | undefined;
  readonly count: number;
  readonly intervalMs: number;
}

export interface Audit {
  decision(decision: Decision): void;
  started(facts: { readonly version: string; readonly configFile: string }): void;
  stopping(facts: { readonly cause: string; readonly inFlight: number }): void;
  reloaded(facts: { readonly configFile: string; readonly keysChanged: boolean }): void;
  /** The old settings stay in force. `problems` is formatProblems' text, which holds no secret. */
  reloadRefused(facts: { readonly configFile: string; readonly problems: string }): void;
  /** Wrong keys, wrong integration, wrong clock: logins are refused until somebody mends it. */
  duoMisconfigured(failure: DuoFailure): void;
  /** Somebody got in, or was kept out, because Duo could not be reached. */
  failmodeUsed(subject: Subject, failmode: "safe" | "secure", failure: DuoFailure): void;
  /** Duo approved a login whose helper was gone. Nobody got in. */
  lateAllowDropped(subject: Subject): void;
  peerRefused(peer: PeerRefusal): void;
  protocolViolation(violation: ProtocolViolation): void;
  /** How many refusals of one kind had no line of their own in an interval. */
  refusalsSummed(refusals: SummedRefusals): void;
  /** A bug. The transaction was denied. */
  defect(error: unknown, transaction?: string): void;
  outageBegin(failure: DuoFailure): void;
  /** `answered`: false where this machine's own trouble keeps it from knowing. */
  outageEnd(facts: { readonly durationMs: number; readonly affectedLogins: number; readonly answered?: boolean }): void;
}

export function createAudit(logger: Logger): Audit {
  const write = (level: LogLevel, event: string, message: string, fields: object): void =>
    logger.always(level, message, { event, ...defined(fields) });

  return {
    decision(decision) {
      for (const note of decision.notes ?? []) {
        const words = noteWords(note);
        if (words) write(words.level, note.kind, words.message, { ...subjectFields(decision), ...noteFields(note) });
      }
      const { level, message } = decisionWords(decision.verdict, decision.duoUser ?? decision.user);
      write(level, "decision", message, decisionFields(decision));
    },
    started: ({ version, configFile }) =>
      write("info", "started", "duogated started", { version, config_file: configFile }),
    stopping: ({ cause, inFlight }) =>
      write("info", "stopping", "duogated is stopping", { cause, in_flight: inFlight }),
    reloaded: ({ configFile, keysChanged }) =>
      write("info", "reloaded", "Configuration reloaded", { config_file: configFile, keys_changed: keysChanged }),
    reloadRefused: ({ configFile, problems }) =>
      write("error", "reload-refused", "Configuration refused, the old one stays in force", {
        config_file: configFile,
        problems,
      }),
    duoMisconfigured: (failure) =>
      write("error", "duo-misconfigured", "Duo refuses this machine: logins are denied", failureFields(failure)),
    failmodeUsed: (subject, failmode, failure) =>
      write("warn", "failmode-used", "Duo cannot be reached: failmode decides", {
        ...subjectFields(subject),
        failmode,
        ...failureFields(failure),
      }),
    lateAllowDropped: (subject) =>
      write(
        "warn",
        "late-allow-dropped",
        "Duo approved a login that nobody waits for any more",
        subjectFields(subject),
      ),
    peerRefused: ({ socket, uid, pid, reason }) =>
      write("warn", "peer-refused", "Connection refused", { socket, peer_uid: uid, peer_pid: pid, reason }),
    protocolViolation: ({ socket, transaction, uid, pid, failure }) =>
      write("warn", "protocol-violation", "The helper broke the protocol", {
        socket,
        transaction,
        peer_uid: uid,
        peer_pid: pid,
        failure,
      }),
    refusalsSummed: ({ socket, cause, uid, count, intervalMs }) =>
      write("warn", "refusals-summed", "More refusals of this kind, which have no lines of their own", {
        socket,
        cause,
        peer_uid: uid,
        count,
        interval_ms: Math.round(intervalMs),
      }),
    defect: (error, transaction) =>
      write("error", "defect", "A bug: the login was denied", { transaction, error: asError(error) }),
    outageBegin: (failure) => write("error", "outage-begin", "Duo cannot be reached", failureFields(failure)),
    outageEnd: ({ durationMs, affectedLogins, answered = true }) =>
      write("info", "outage-end", answered ? "Duo can be reached again" : "Whether Duo can be reached is not known", {
        duration_ms: Math.round(durationMs),
        affected_logins: affectedLogins,
      }),
  };
}

function decisionFields(decision: Decision): object {
  return {
    user: decision.user,
    claimed_user: decision.claimedUser,
    duo_user: decision.duoUser,
    service: decision.service,
    rhost: decision.rhost,
    rhost_trusted: decision.rhost !== undefined && decision.rhostTrusted === false ? false : undefined,
    address: decision.address,
    tty: decision.tty,
    factor: decision.factor,
    verdict: decision.verdict.kind,
    reason: decision.verdict.reason,
    transaction: decision.transaction,
    duo_txid: decision.duoTxid,
    duo_status: decision.duoStatus,
    attempts: decision.attempts,
    pushes: decision.pushes,
    duration_ms: Math.round(decision.durationMs),
    caller_uid: decision.callerUid,
    peer_pid: decision.peerPid,
    ...(decision.failure === undefined ? {} : failureFields(decision.failure)),
  };
}

/** Every field but the kind, which is the event's name. */
function noteFields(note: LoginNote): object {
  switch (note.kind) {
    case "gecos-name":
      return { duo_user: note.duoUser };
    case "groups-unknown":
      return { detail: note.detail };
    case "address-left-out":
    case "address-replaced":
      return { rhost: note.rhost };
    default:
      return {};
  }
}

function subjectFields({ transaction, user, service }: Subject): object {
  return { transaction, user, service };
}

function failureFields({ code, stage, httpStatus, duoCode, detail }: DuoFailure): object {
  return { failure: code, stage, http_status: httpStatus, duo_code: duoCode, detail };
}

/** Fields that are not known are left out, not written as null. */
function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(`thrown value of type ${typeof error}`);
}
