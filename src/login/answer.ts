// Reading what the user typed at the menu: a number, a factor name, a passcode, or just Enter. Pure. COMPAT(duo_unix):
// there, anything that is no menu number goes to Duo as it is; here, what cannot be a passcode is refused on the spot,
// so that a password typed in the wrong place does not leave the machine.

import { Secret } from "../core/secret.ts";
import type { FactorMenu, FactorOption } from "../duo/api.ts";

export type Reading =
  | { readonly kind: "option"; readonly option: FactorOption }
  | { readonly kind: "passcode"; readonly passcode: Secret }
  | { readonly kind: "not-offered" }
  | { readonly kind: "nothing" }
  | { readonly kind: "not-understood" };

const NAME = /^(verified_)?(push|phone|sms|call)(\d{0,2})$/i;
// Duo Mobile, hardware tokens and SMS: 6 to 8 digits; bypass codes 4 to 16; a YubiKey OTP is 32 to 48 letters (modhex).
const PASSCODE = /^(?:\d{4,16}|[cbdefghijklnrtuv]{32,48})$/i;

export function readAnswer(answer: Secret, menu: FactorMenu): Reading {
  const text = answer.reveal().trim();
  if (text === "") return menu.preferred ? { kind: "option", option: menu.preferred } : { kind: "nothing" };
  if (/^\d{1,3}$/.test(text)) return offered(menu.options[Number(text) - 1]);
  const name = NAME.exec(text);
  if (name !== null) return offered(named(menu, name[2] ?? "", name[3] ?? ""));
  const passcode = text.replaceAll(/[\s-]/g, "");
  return PASSCODE.test(passcode) ? { kind: "passcode", passcode: new Secret(passcode) } : { kind: "not-understood" };
}

function named(menu: FactorMenu, word: string, number: string): FactorOption | undefined {
  const kind = word.toLowerCase() === "call" ? "phone" : word.toLowerCase();
  if (number === "") return menu.options.find((option) => option.kind === kind);
  return menu.options.find((option) => option.name === `${kind}${Number(number)}`);
}

function offered(option: FactorOption | undefined): Reading {
  return option === undefined ? { kind: "not-offered" } : { kind: "option", option };
}
