// Owns a relay's thread: starts it, asks it how late its deliveries were, ends it. Called by the benchmark and its test.

import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { RelayAnswer, RelayOrder, RelayQuestion } from "./relay-thread.ts";

export interface Relay {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly roundTripMs: number;
  /** By how many milliseconds each delivery since the last call was late: the relay's own share in a measurement. */
  takeLateness(): Promise<readonly number[]>;
  close(): Promise<void>;
}

const SELF = import.meta.url;

/** Rejects when the relay cannot listen. */
export async function startRelay(order: RelayOrder): Promise<Relay> {
  const worker = new Worker(new URL(`./relay-thread${extname(SELF)}`, SELF), { workerData: order });
  const ask = (question: RelayQuestion): void => worker.postMessage(question);
  const answer = async <Kind extends RelayAnswer["kind"]>(kind: Kind): Promise<RelayAnswer & { kind: Kind }> => {
    const [found]: RelayAnswer[] = await once(worker, "message");
    if (found?.kind !== kind) throw new Error(`the relay said ${found?.kind} where ${kind} was asked for`);
    return found as RelayAnswer & { kind: Kind };
  };
  const { port } = await answer("open");
  return {
    port,
    roundTripMs: order.roundTripMs,
    async takeLateness() {
      const answered = answer("lateness");
      ask("take-lateness");
      return (await answered).values;
    },
    async close() {
      const ended = once(worker, "exit");
      ask("close");
      await ended;
    },
  };
}
