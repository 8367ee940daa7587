// Duo's envelope: {"stat":"OK","response":…} or {"stat":"FAIL","code":…}. Turns status and bytes into the response value
// or a classified failure; foreign JSON stays `unknown` until a schema has looked at it.

import { z } from "zod";
import { parseBounded } from "../core/bounded-json.ts";
import type { DuoFailure, DuoFailureCode, DuoStage } from "../core/failure.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { WireResponse } from "./transport.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });
const okEnvelope = z.object({ stat: z.literal("OK"), response: z.unknown() });
const failEnvelope = z.object({
  stat: z.literal("FAIL"),
  code: z.number().int().optional().catch(undefined),
  message: z.string().catch(""),
  message_detail: z.string().optional().catch(undefined),
});

/** The value of `response`, or why there is none. */
export function openEnvelope(reply: WireResponse, stage: DuoStage): Result<unknown, DuoFailure> {
  const json = parseJson(reply.body);
  const answered = reply.status >= 200 && reply.status <= 299;
  const envelope = answered ? okEnvelope.safeParse(json) : undefined;
  if (envelope?.success === true) return ok(envelope.data.response);
  const fail = failEnvelope.safeParse(json);
  if (!answered || fail.success) return err(refusal(reply.status, stage, fail.success ? fail.data : undefined));
  return err({ code: "invalid-response", stage, httpStatus: reply.status, detail: "not an answer of the Auth API" });
}

/** Checks a response against its schema. The detail names the field, never its value. */
export function checkResponse<T>(schema: z.ZodType<T>, response: unknown, stage: DuoStage): Result<T, DuoFailure> {
  const checked = schema.safeParse(response);
  if (checked.success) return ok(checked.data);
  const fields = checked.error.issues.map((issue) => issue.path.join(".") || "response");
  return err({ code: "invalid-response", stage, detail: `unexpected value of ${[...new Set(fields)].join(", ")}` });
}

function parseJson(body: Buffer): unknown {
  try {
    return parseBounded(utf8.decode(body));
  } catch {
    return undefined;
  }
}

function refusal(status: number, stage: DuoStage, fail: z.infer<typeof failEnvelope> | undefined): DuoFailure {
  const duoCode = fail?.code;
  // A FAIL inside a 200 is judged by its own code: its first three digits are the status that it stands for.
  const effective = status >= 200 && status <= 299 && duoCode !== undefined ? Math.floor(duoCode / 100) : status;
  const words = fail === undefined ? "" : [fail.message, fail.message_detail].filter(Boolean).join(": ");
  const detail = words === "" ? `HTTP ${status}` : words;
  return { code: refusalCode(effective, duoCode), stage, httpStatus: status, duoCode, detail };
}

function refusalCode(status: number, duoCode: number | undefined): DuoFailureCode {
  if (duoCode === 40104 || duoCode === 40105) return "bad-clock";
  if (duoCode === 40103) return "bad-signature";
  if (status === 401) return "bad-keys";
  if (status === 403) return "forbidden";
  if (status === 400) return "bad-request";
  if (status === 429) return "rate-limited";
  if (status >= 500 && status <= 599) return "server-error";
  return "unexpected-status";
}
