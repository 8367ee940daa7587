// What /auth/v2 answers to the text-prompt parameters of Duo Unix 2.2, as schemas: v2's replies with `prompt` in the place
// of `devices`. Not publicly documented, so what is not needed to decide is read with forbearance. SECURITY, COMPAT(duo_unix):
// an allow needs its status_msg, as Duo Unix has it; `status` is not looked at there.

import { z } from "zod";
import { stateResponseWith } from "../v2/schemas.ts";

const text = z.string().max(4096);
const id = z.string().regex(/^[\x21-\x7e]{1,256}$/);

export const preauthResponse = z.discriminatedUnion("result", [
  z.object({
    result: z.literal("auth"),
    prompt: z.object({ text: text.catch(""), factors: z.record(z.string().max(64), z.string().max(64)) }),
    txid: id.optional(),
    verification_code: z
      .string()
      .regex(/^\d{1,10}$/)
      .optional(),
  }),
  z.object({ result: z.literal("allow"), status_msg: z.string() }),
  z.object({ result: z.literal("deny"), status_msg: text.catch("") }),
  z.object({
    result: z.literal("enroll"),
    status_msg: text.catch(""),
    enroll_portal_url: text.optional().catch(undefined),
    prompt: z.object({ text }).optional().catch(undefined),
  }),
]);
export type PreauthResponse = z.infer<typeof preauthResponse>;

/** What auth and auth_status say. */
export const stateResponse = stateResponseWith(text.catch(""));
