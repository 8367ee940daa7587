// Owns preauth: may this user go on, and with which devices; and the code of a verified push.

import { type Outcome, ok } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";
import { type Account, randomDigits } from "../store/account.ts";
import { offeredCapabilities } from "../store/limits.ts";
import { enrollPortal } from "../store/portal.ts";
import { standingOf } from "../store/standing.ts";
import { deviceList } from "./devices.ts";
import { flag, subject } from "./params.ts";

function isRemembered(call: ApiCall, account: Account): boolean {
  const token = call.params.get("trusted_device_token");
  if (token === undefined || call.world.policy.rememberedDeviceSeconds === 0) return false;
  return call.world.remembered.accepts(token, account, Math.floor(call.nowMs / 1000));
}

function verifiedPush(call: ApiCall, account: Account): object {
  const digits = call.world.policy.verifiedPushDigits;
  const canPush = account.phones.some((phone) => offeredCapabilities(call.world, account, phone).includes("push"));
  if (digits === 0 || !canPush) return {};
  const now = Math.floor(call.nowMs / 1000);
  const { txid, code, expiration } = call.world.transactions.reserve(account, randomDigits(digits), now);
  return { txid, verification_code: code, expiration };
}

function ask(call: ApiCall, account: Account, showsCodes: boolean): Outcome {
  if (isRemembered(call, account)) return ok({ result: "allow", status_msg: "Device is remembered" });
  if (showsCodes) call.world.showsCodes.add(account);
  else call.world.showsCodes.delete(account);
  return ok({
    result: "auth",
    status_msg: "Account is active",
    devices: deviceList(call.world, account),
    ...(showsCodes ? verifiedPush(call, account) : {}),
  });
}

/** POST /auth/v2/preauth */
export function preauth(call: ApiCall): Outcome {
  const account = subject(call);
  if (account.kind === "refused") return account.outcome;
  const showsCodes = flag(call, "client_supports_verified_push");
  if (showsCodes.kind === "refused") return showsCodes.outcome;
  const standing = standingOf(call.world, account.value);
  if (standing.kind === "ask") return ask(call, standing.account, showsCodes.value);
  return ok({
    result: standing.kind,
    status_msg: standing.text,
    ...(standing.kind === "enroll" ? { enroll_portal_url: enrollPortal() } : {}),
  });
}
