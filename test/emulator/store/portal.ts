// Owns the addresses that the emulator gives out for a user's browser. Nothing answers there.

import { randomDigits } from "./account.ts";

/** A page where one user enrols; another one each time. */
export function enrollPortal(): string {
  return `https://api-emulator.duosecurity.test/portal?code=${randomDigits(12)}`;
}
