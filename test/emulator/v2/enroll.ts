// Owns enroll and enroll_status: a new user with an activation code, and whether the code was claimed.

import { randomBytes } from "node:crypto";
import { type Outcome, ok } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";
import { randomDigits } from "../store/account.ts";
import { type Checked, refused, required, value } from "./params.ts";

const defaultValidSeconds = 86_400;

function count(call: ApiCall, name: string, standard: number, max: number): Checked<number> {
  const text = call.params.get(name);
  if (text === undefined) return value(standard);
  const number = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  return number >= 0 && number <= max ? value(number) : refused(40002, name);
}

function freeName(call: ApiCall): Checked<string> {
  const wanted = call.params.get("username");
  if (wanted === undefined || wanted === "") return value(`user-${randomBytes(6).toString("hex")}`);
  const existing = call.world.directory.byUsername(wanted);
  // A name that is only in the users file to be "not enrolled" stands for one that Duo has never heard of.
  const free = existing === undefined || (existing.status === "not_enrolled" && !isEnrolling(call, existing.userId));
  return free ? value(wanted) : refused(40002, "username already exists");
}

function isEnrolling(call: ApiCall, userId: string): boolean {
  return call.world.directory.enrollmentOf(userId) !== undefined;
}

/** POST /auth/v2/enroll */
export function enroll(call: ApiCall): Outcome {
  const username = freeName(call);
  if (username.kind === "refused") return username.outcome;
  const validSeconds = count(call, "valid_secs", defaultValidSeconds, 2 ** 31);
  if (validSeconds.kind === "refused") return validSeconds.outcome;
  const bypassCount = count(call, "bypass_codes", 0, 10);
  if (bypassCount.kind === "refused") return bypassCount.outcome;
  const codes = Array.from({ length: bypassCount.value }, () => randomDigits(9));
  const expiration = Math.floor(call.nowMs / 1000) + validSeconds.value;
  const { account, activationCode } = call.world.directory.enroll(username.value, expiration, codes);
  const site = "https://api-emulator.duosecurity.test";
  return ok({
    activation_barcode: `${site}/frame/qr?value=${encodeURIComponent(activationCode)}`,
    activation_code: activationCode,
    activation_url: `${site}/activate/${account.userId}`,
    ...(codes.length === 0 ? {} : { bypass_codes: codes }),
    expiration,
    user_id: account.userId,
    username: account.name,
  });
}

/** POST /auth/v2/enroll_status */
export function enrollStatus(call: ApiCall): Outcome {
  const userId = required(call, "user_id");
  if (userId.kind === "refused") return userId.outcome;
  const code = required(call, "activation_code");
  if (code.kind === "refused") return code.outcome;
  const enrollment = call.world.directory.enrollmentOf(userId.value);
  if (enrollment === undefined || enrollment.activationCode !== code.value) return ok("invalid");
  if (enrollment.claimed) return ok("success");
  return ok(enrollment.expiration < Math.floor(call.nowMs / 1000) ? "invalid" : "waiting");
}
