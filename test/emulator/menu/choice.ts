// Owns the reading of what a user chose from Duo's menu, and its translation into the parameters of the v2 factors.
// Clients send the typed text when it is no option, so whatever names no factor is tried as a passcode.

import type { Account } from "../store/account.ts";

/** The parameters `factor`, and `device` or `passcode`. */
export type ChosenParams = Readonly<Record<string, string>>;

/** A factor on the user's n-th phone, from 1; `undefined` if there is no such phone. */
export function phoneParams(account: Account, factor: string, number: number): ChosenParams | undefined {
  const phone = account.phones[number - 1];
  return phone === undefined ? undefined : { factor, device: phone.device };
}

const able = { push: "push", verified_push: "push", phone: "phone", sms: "sms" } as const;

function isFactorWord(word: string | undefined): word is keyof typeof able {
  return word !== undefined && Object.hasOwn(able, word);
}

/**
 * Reads a factor name (`push1`, `phone2`, `sms1`, `verified_push1`; without a number the first phone that can), `auto`,
 * or a passcode.
 */
export function chosenParams(account: Account, text: string): ChosenParams {
  if (text === "auto") return { factor: "auto", device: "auto" };
  const [, word, number] = /^([a-z_]+)(\d{0,3})$/.exec(text) ?? [];
  if (isFactorWord(word)) {
    const factor = able[word];
    const index =
      number === ""
        ? account.phones.findIndex(({ capabilities }) => capabilities.includes(factor))
        : Number(number) - 1;
    const phone = account.phones[index];
    if (phone?.capabilities.includes(factor) === true) return { factor, device: phone.device };
  }
  return { factor: "passcode", passcode: text };
}
