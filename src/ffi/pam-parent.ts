// Owns our end of the channel to the process of one PAM transaction: sends the order, answers conversations, returns
// the report. Must not interpret it and must not time it. Used by pam.ts.

import type { Duplex } from "node:stream";
import {
  answerFits,
  answersFrame,
  jsonFrame,
  type PamMessage,
  type TransactionOrder,
  takeFrame,
} from "./pam-channel.ts";
import { parseReport, type TransactionReport } from "./pam-report.ts";
import type { Converse } from "./pam-request.ts";

type LastReport = Exclude<TransactionReport, { readonly kind: "messages" }>;

export type ChannelEnd =
  | { readonly kind: "reported"; readonly report: LastReport }
  | { readonly kind: "died"; readonly detail: string };

/** What came of serving: the last report if there was one, or why there is none. */
type Served = { readonly report: LastReport } | { readonly why: string } | { readonly defect: unknown };

/** The process of one transaction, as far as this file needs it. */
export interface PamProcess {
  readonly channel: Duplex;
  /** How it ended, in words. Must not reject. */
  readonly exited: Promise<string>;
  kill(): void;
}

/**
 * Serves the channel until the process has ended; aborting `stop` ends it. Rejects with what `converse` threw, if it
 * did, after the transaction has come to its end with a failed conversation.
 */
export async function serveChannel(
  { channel, exited, kill }: PamProcess,
  order: TransactionOrder,
  converse: Converse,
  stop: AbortSignal,
): Promise<ChannelEnd> {
  const over = new AbortController();
  const onStop = (): void => {
    over.abort();
    kill();
    // A process that a module left behind could hold the channel open after the kill, and us with it.
    channel.destroy();
  };
  stop.addEventListener("abort", onStop, { once: true });
  void exited.then(() => over.abort());
  const served = await serve(channel, order, createAnswerer(converse, over.signal));
  // Without a report there is nothing more to wait for: the channel is closed or not ours any more.
  if ("why" in served) kill();
  const exit = await exited;
  stop.removeEventListener("abort", onStop);
  channel.destroy();
  if ("defect" in served) throw served.defect;
  return "report" in served
    ? { kind: "reported", report: served.report }
    : { kind: "died", detail: `${served.why}${exit}` };
}

async function serve(channel: Duplex, order: TransactionOrder, answerer: Answerer): Promise<Served> {
  // Writing to a process that is gone gives EPIPE here; its exit says the same, and is what counts.
  channel.on("error", () => undefined);
  channel.write(jsonFrame(order));
  let bytes: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of channel) {
      bytes = Buffer.concat([bytes, chunk]);
      for (let taken = takeFrame(bytes); taken !== undefined; taken = takeFrame(bytes)) {
        bytes = taken.rest;
        const report = parseReport(taken.payload);
        if (report.kind !== "messages") return answerer.defect() ?? { report };
        sendAndWipe(channel, await answerer.answer(report.messages));
      }
    }
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return answerer.defect() ?? { why: `it wrote no report (${detail}); ` };
  }
  return answerer.defect() ?? { why: "" };
}

interface Answerer {
  answer(messages: readonly PamMessage[]): Promise<readonly string[] | undefined>;
  /** What `converse` threw, kept until the transaction is over. */
  defect(): { readonly defect: unknown } | undefined;
}

/** Asks `converse`, but waits no longer than the transaction lives, and lets no defect of it through to libpam. */
function createAnswerer(converse: Converse, signal: AbortSignal): Answerer {
  let caught: { readonly defect: unknown } | undefined;
  const over = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return {
    defect: () => caught,
    async answer(messages) {
      try {
        const answers = await Promise.race([converse(messages, signal), over]);
        return answers === undefined ? undefined : checked(messages, answers);
      } catch (defect) {
        caught ??= { defect };
        return undefined;
      }
    },
  };
}

function checked(messages: readonly PamMessage[], answers: readonly string[]): readonly string[] | undefined {
  const prompts = messages.filter(({ style }) => style.startsWith("prompt")).length;
  if (answers.length !== prompts) {
    throw new TypeError(`converse gave ${answers.length} answers; it must give one for each of ${prompts} prompts`);
  }
  return answers.every(answerFits) ? answers : undefined;
}

/** SECURITY: the bytes are wiped once written. The strings that `converse` gave are the collector's to forget. */
function sendAndWipe(channel: Duplex, answers: readonly string[] | undefined): void {
  const bytes = answersFrame(answers);
  channel.write(bytes, () => bytes.fill(0));
}
