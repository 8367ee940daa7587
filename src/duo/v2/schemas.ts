// What Auth API v2 answers, as schemas. Unknown keys are ignored and unknown words of open enumerations kept as text:
// Duo may add both at any time. SECURITY: an allow has to be whole, with every field that Duo documents for it: half an allow is
// no answer. Of everything else what is missing is only for display, and filled.

import { z } from "zod";
import { Secret } from "../../core/secret.ts";

const text = z.string().max(4096);
/** An identifier that we send back: printable ASCII, so that it can be encoded and signed. */
const id = z.string().regex(/^[\x21-\x7e]{1,256}$/);

export const pingResponse = z.object({ time: z.number().int().positive() });

export const device = z.object({
  device: id,
  type: text.catch(""),
  name: text.catch(""),
  display_name: text.optional().catch(undefined),
  number: text.catch(""),
  capabilities: z.array(text).max(32).catch([]),
  sms_nextcode: text.optional().catch(undefined),
});
export type Device = z.infer<typeof device>;

export const preauthResponse = z.discriminatedUnion("result", [
  z.object({
    result: z.literal("auth"),
    status_msg: text.catch(""),
    devices: z.array(device).max(100).default([]),
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
  }),
]);
export type PreauthResponse = z.infer<typeof preauthResponse>;

/** A token that cannot be sent back is as good as none. */
const token = z
  .string()
  .regex(/^[\x21-\x7e]{1,4096}$/)
  .optional()
  .catch(undefined)
  .transform((value) => (value === undefined ? undefined : new Secret(value)));

/** With `allowStatus`, what an allow's `status` must be: a word here, nothing in a dialect that does not document it. */
export function stateResponseWith(allowStatus: z.ZodType<string>) {
  return z.discriminatedUnion("result", [
    z.object({ result: z.literal("allow"), status: allowStatus, status_msg: z.string(), trusted_device_token: token }),
    z.object({
      result: z.enum(["deny", "waiting"]),
      status: text.catch(""),
      status_msg: text.catch(""),
      trusted_device_token: token,
    }),
  ]);
}

export const stateResponse = stateResponseWith(z.string());
