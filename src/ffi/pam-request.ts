// Owns what a caller asks of runPam, and its translation into the order that the transaction's process gets.
// Must not start anything. Used by pam.ts and by everyone who calls runPam.

import type { PamMessage, TransactionOrder } from "./pam-channel.ts";
import { PAM_FLAG, PAM_ITEM, type PamItem, type PamStep } from "./pam-codes.ts";

/**
 * Answers one call of the conversation: one string for each prompt among `messages`, in order, so none when there are
 * only messages to show. Undefined fails it with PAM_CONV_ERR, as does an answer of more than 511 bytes or with a NUL.
 * `signal` aborts when the transaction ends first (time, abort, crash): stop waiting for the user then.
 */
export type Converse = (messages: readonly PamMessage[], signal: AbortSignal) => Promise<readonly string[] | undefined>;

export interface PamRequest {
  /** Name of a file in /etc/pam.d or `confdir`. */
  readonly service: string;
  readonly user: string;
  /** A folder to be used in place of /etc/pam.d (Linux-PAM 1.4 and later). */
  readonly confdir?: string;
  readonly items?: Readonly<Partial<Record<PamItem, string>>>;
  /** PAM's own environment (pam_putenv), where sshd puts SSH_CONNECTION. */
  readonly env?: Readonly<Record<string, string>>;
  /** The environment of the process in which the modules run, which getenv sees. Empty unless given. */
  readonly processEnv?: Readonly<Record<string, string>>;
  /** Taken in order until one does not give PAM_SUCCESS. */
  readonly steps: readonly PamStep[];
  /** PAM_SILENT on every step. */
  readonly silent?: boolean;
  readonly converse: Converse;
  /** Milliseconds for the whole transaction, the user's typing included. Two minutes unless given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Throws for a request that cannot be: a defect of the caller. */
export function orderOf(request: PamRequest): TransactionOrder {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/.test(request.service)) {
    throw new TypeError(
      `${JSON.stringify(request.service)} is no service name: use letters, digits, "_", "-", "." or "@"`,
    );
  }
  if (request.steps.length === 0) throw new TypeError("a transaction needs a step, such as authenticate");
  const items = itemNumbers(request.items ?? {});
  const env = Object.entries(request.env ?? {}).map(([name, value]) => `${name}=${value}`);
  const texts = [request.user, request.confdir ?? "", ...items.map(([, value]) => value), ...env];
  if (texts.some((text) => text.includes("\0"))) throw new TypeError("text for PAM must not contain NUL");
  return {
    service: request.service,
    user: request.user,
    confdir: request.confdir,
    items,
    env,
    steps: request.steps,
    flags: request.silent === true ? PAM_FLAG.silent : 0,
  };
}

function itemNumbers(items: Readonly<Partial<Record<PamItem, string>>>): readonly (readonly [number, string])[] {
  const names = Object.keys(items) as PamItem[];
  return names.flatMap((name) => {
    const value = items[name];
    return value === undefined ? [] : [[PAM_ITEM[name], value] as const];
  });
}
