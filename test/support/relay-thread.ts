// The thread in which a relay runs, so that neither the emulator's work nor the benchmark's delays its deliveries.
// Must not be imported: loading it is running it. Started by relay.ts, with which it shares its messages' types.

import { parentPort, workerData } from "node:worker_threads";
import { Lateness } from "./relay-delay.ts";
import { openRelay } from "./relay-server.ts";

/** What the thread is started with. */
export interface RelayOrder {
  readonly targetPort: number;
  readonly roundTripMs: number;
  readonly hopCostMs?: number | undefined;
}

export type RelayQuestion = "take-lateness" | "close";

export type RelayAnswer =
  | { readonly kind: "open"; readonly port: number }
  | { readonly kind: "lateness"; readonly values: readonly number[] };

const order = workerData as RelayOrder;
const lateness = new Lateness();
const relay = await openRelay({ ...order, lateness });
const say = (answer: RelayAnswer): void => parentPort?.postMessage(answer);
parentPort?.on("message", (question: RelayQuestion) => {
  if (question === "take-lateness") say({ kind: "lateness", values: lateness.take() });
  else void relay.close().then(() => parentPort?.close());
});
say({ kind: "open", port: relay.port });
