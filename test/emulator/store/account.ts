// Owns the changing state of one user: codes not yet used, failures, devices.
// It decides nothing about policy. Called by the directory, the factors and the control interface.

import { createHash, randomInt } from "node:crypto";
import type { EmulatorPhone, EmulatorToken, EmulatorUser, UserStatus } from "./users.ts";

/** A phone with the SMS codes that are out. */
export interface Phone extends EmulatorPhone {
  nextSms: string | undefined;
}

/** One user as the server holds it. */
export interface Account {
  readonly name: string;
  readonly userId: string;
  readonly aliases: readonly string[];
  readonly phones: Phone[];
  readonly tokens: readonly EmulatorToken[];
  /** Every code that would pass now; a code leaves the set when it is used. */
  readonly codes: Set<string>;
  status: UserStatus;
  /** Failed second factors in a row. */
  failures: number;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An identifier of Duo's form, the same for the same seed: two letters and 18 more characters. */
export function duoId(prefix: string, seed: string): string {
  const digest = createHash("sha256").update(seed).digest();
  return prefix + Array.from(digest.subarray(0, 18), (byte) => alphabet[byte % 32]).join("");
}

/** Random decimal digits. */
export function randomDigits(count: number): string {
  return Array.from({ length: count }, () => String(randomInt(10))).join("");
}

/** A phone as it stands in the users file becomes one with state. */
export function toPhone(phone: EmulatorPhone): Phone {
  return { ...phone, nextSms: phone.sms_nextcode };
}

/** Copies a user out of the caller's hands; later changes of the input have no effect. */
export function toAccount(name: string, user: EmulatorUser): Account {
  const phones = (user.phones ?? []).map(toPhone);
  const tokens = user.tokens ?? [];
  return {
    name,
    userId: user.user_id ?? duoId("DU", name),
    aliases: [...(user.aliases ?? [])],
    phones,
    tokens,
    codes: new Set([
      ...(user.bypass_codes ?? []),
      ...phones.flatMap((phone) => phone.otp_codes ?? []),
      ...tokens.flatMap((token) => token.codes ?? []),
    ]),
    status: user.status,
    failures: 0,
  };
}

/** Uses a code up. @returns whether it was valid. */
export function consumeCode(account: Account, code: string): boolean {
  return account.codes.delete(code);
}

/** Makes a batch of SMS codes for a phone, all valid at once, and sets the hint of which comes first. */
export function issueSmsCodes(account: Account, phone: Phone, count: number): readonly string[] {
  const codes = phone.sms_codes ?? Array.from({ length: count }, (_, index) => `${index % 10}${randomDigits(6)}`);
  for (const code of codes) account.codes.add(code);
  phone.nextSms = codes[0]?.[0];
  return codes;
}
