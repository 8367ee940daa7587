// Owns what the process of a PAM transaction says to its parent, and the check of it: modules run in that process, and
// one of them may have written to the channel. Kept apart from pam-channel.ts, since the child has no need to load zod.

import { z } from "zod";
import { PAM_STEP, PAM_STYLE } from "./pam-codes.ts";

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>): K[] => Object.keys(table) as K[];

const reportSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("messages"),
    messages: z.array(z.object({ style: z.enum(keysOf(PAM_STYLE)), text: z.string() })).readonly(),
  }),
  z.object({
    kind: z.literal("finished"),
    steps: z.array(z.object({ step: z.enum(keysOf(PAM_STEP)), code: z.int(), text: z.string() })).readonly(),
  }),
  z.object({ kind: z.literal("no-libpam"), detail: z.string() }),
  z.object({ kind: z.literal("setup"), call: z.string(), pamCode: z.int(), text: z.string() }),
]);

/** What the transaction's process says: messages want one answers frame back, the others are its last word. */
export type TransactionReport = z.infer<typeof reportSchema>;

/** Throws when the payload is no report: a module wrote to our descriptor, or the process died in mid-frame. */
export function parseReport(payload: Buffer): TransactionReport {
  return reportSchema.parse(JSON.parse(payload.toString()));
}
