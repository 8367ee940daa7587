// What Auth API v1 answers, as schemas. Unknown keys are ignored; `result` is strict, because it decides. There are no
// machine-readable words next to it: `status` is text for the user. SECURITY: an allow without it is half an answer, and none.

import { z } from "zod";

const text = z.string().max(4096);

const allow = z.object({ result: z.literal("allow"), status: z.string() });

export const preauthResponse = z.discriminatedUnion("result", [
  z.object({
    result: z.literal("auth"),
    prompt: text.catch(""),
    factors: z.record(z.string().max(64), z.string().max(64)),
  }),
  allow,
  z.object({ result: z.enum(["deny", "enroll"]), status: text.catch("") }),
]);
export type PreauthResponse = z.infer<typeof preauthResponse>;

export const decidedResponse = z.discriminatedUnion("result", [
  allow,
  z.object({ result: z.literal("deny"), status: text.catch("") }),
]);

/** Without `result` the authentication is still under way. */
export const statusResponse = z.union([
  allow,
  z.object({ result: z.literal("deny").optional(), status: text.catch("") }),
]);
