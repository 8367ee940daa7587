// TCP to a host with several addresses, after RFC 8305 (happy eyeballs): families in turn, the next address 250 ms after the
// one before or as soon as that has failed, the first that answers wins. It knows no TLS. Called by transport-connect.ts.

import type { Socket } from "node:net";
import type { Clock, Timer } from "../core/clock.ts";
import type { Address, Resolve } from "./resolver.ts";
import { openTcp } from "./transport-socket.ts";

export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * RFC 8305 section 5. Node's own autoSelectFamily gives an attempt up when the next begins, so that a host which takes
 * longer than this to answer could be reached at its last address only; here every attempt goes on.
 */
export const NEXT_ADDRESS_MS = 250;

/** Rejects with the error of each address, and the signal's reason if that ended it; no socket is left then. */
export async function dial(
  { host, port }: Place,
  resolve: Resolve,
  clock: Clock,
  signal: AbortSignal,
  random: () => number = Math.random,
): Promise<Socket> {
  const addresses = inTurn(await orAborted(resolve(host), signal));
  if (addresses.length === 0) throw new AggregateError([]);
  const open = (address: Address, ending: AbortSignal) => openTcp(address, port, ending, random);
  return await new Promise((settle, reject) => new Attempts(addresses, open, clock, signal, settle, reject).next());
}

class Attempts {
  readonly #errors: unknown[] = [];
  readonly #addresses: Address[];
  readonly #open: (address: Address, ending: AbortSignal) => Promise<Socket>;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #settle: (socket: Socket) => void;
  readonly #reject: (error: unknown) => void;
  readonly #ending = new AbortController();
  // What was met before time ran out is told with it: one address may be silent for want of a port for another.
  readonly #onAbort = () => this.#fail(new AggregateError([...this.#errors, this.#signal.reason]));
  #underWay = 0;
  #timer: Timer | undefined;

  constructor(
    addresses: readonly Address[],
    open: (address: Address, ending: AbortSignal) => Promise<Socket>,
    clock: Clock,
    signal: AbortSignal,
    settle: (socket: Socket) => void,
    reject: (error: unknown) => void,
  ) {
    this.#addresses = [...addresses];
    this.#open = open;
    this.#clock = clock;
    this.#signal = signal;
    this.#settle = settle;
    this.#reject = reject;
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  next(): void {
    this.#timer?.cancel();
    const target = this.#addresses.shift();
    if (target === undefined) return;
    this.#underWay += 1;
    this.#open(target, this.#ending.signal).then(
      (socket) => this.#won(socket),
      (error: unknown) => this.#lost(error),
    );
    if (this.#addresses.length > 0) this.#timer = this.#clock.after(NEXT_ADDRESS_MS, () => this.next());
  }

  #won(socket: Socket): void {
    if (this.#ending.signal.aborted) {
      socket.destroy();
      return;
    }
    this.#end();
    this.#settle(socket);
  }

  #lost(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    this.#underWay -= 1;
    this.#errors.push(error);
    if (this.#addresses.length > 0) this.next();
    else if (this.#underWay === 0) this.#fail(new AggregateError(this.#errors));
  }

  #fail(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.#timer?.cancel();
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#ending.abort();
  }
}

/** RFC 8305 section 4: the resolver's order, with the families alternating. */
function inTurn(addresses: readonly Address[]): readonly Address[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const other = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const longer = Math.max(first.length, other.length);
  return Array.from({ length: longer }, (_, i) => [first[i], other[i]])
    .flat()
    .filter((one) => one !== undefined);
}

/** A look-up cannot be stopped; what it says after the abort is dropped. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
