// Owns trusted device tokens: bearers that let their user in without a second factor while they live.

import { randomBytes } from "node:crypto";
import type { Account } from "./account.ts";

/** The tokens that are out. */
export class RememberedDevices {
  readonly #tokens = new Map<string, Account>();

  /** A token of the form seen in the wild: base64, unix time of its end, 40 hex digits, joined by `||`. */
  issue(account: Account, expiration: number): string {
    const name = Buffer.from(account.userId, "utf8").toString("base64");
    const token = `${name}||${expiration}||${randomBytes(20).toString("hex")}`;
    this.#tokens.set(token, account);
    return token;
  }

  /** Whether the token is this user's and still lives. */
  accepts(token: string, account: Account, nowSeconds: number): boolean {
    return this.#tokens.get(token) === account && Number(token.split("||")[1]) > nowSeconds;
  }

  clear(): void {
    this.#tokens.clear();
  }
}
