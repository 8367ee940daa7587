// What Auth API v1 answers, as schemas. Unknown keys are ignored; `result` is strict, because it decides. There are no
// machine-readable words beside it: `status` is text for the user.

import { z } from "zod";

const text = z.string().max(4096);

export const preauthResponse = z.discriminatedUnion("result", [
  z.object({
    result: z.literal("auth"),
    prompt: text.catch(""),
    factors: z.record(z.string().max(64), z.string().max(64)),
  }),
  z.object({ result: z.enum(["allow", "deny", "enroll"]), status: text.catch("") }),
]);
export type PreauthResponse = z.infer<typeof preauthResponse>;

export const decidedResponse = z.object({ result: z.enum(["allow", "deny"]), status: text.catch("") });

/** Without `result` the authentication is still under way. */
export const statusResponse = z.object({ result: z.enum(["allow", "deny"]).optional(), status: text.catch("") });
