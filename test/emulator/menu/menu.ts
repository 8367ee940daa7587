// Owns the menu Duo writes itself: its text and the map from option to factor name, in v1 and in the text-prompt dialect.
// The wording is that of the service, as many public transcripts of pam_duo show it; Duo's v1 document abbreviates it.

import type { Account, Phone } from "../store/account.ts";
import { offeredCapabilities } from "../store/limits.ts";
import type { World } from "../store/world.ts";

/** A menu as preauth sends it. */
export interface Menu {
  readonly text: string;
  /** `"1": "push1"` and so on, and `default`, the first of them; empty for a user who has tokens only. */
  readonly factors: Readonly<Record<string, string>>;
}

interface Option {
  readonly factor: string;
  readonly label: string;
}

/** Tablets have no number; Duo names them. */
function called(phone: Phone): string {
  return phone.number === "" ? phone.display_name : phone.number;
}

function nextCode(phone: Phone): string {
  return phone.nextSms === undefined ? "" : ` (next code starts with: ${phone.nextSms})`;
}

function optionsOf(world: World, account: Account, verified: boolean): readonly Option[] {
  const phones = account.phones.map((phone, index) => ({
    phone,
    number: index + 1,
    offered: offeredCapabilities(world, account, phone),
  }));
  const pushName = verified ? "verified_push" : "push";
  return [
    ...phones
      .filter(({ offered }) => offered.includes("push"))
      .map(({ phone, number }) => ({ factor: `${pushName}${number}`, label: `Duo Push to ${called(phone)}` })),
    ...phones
      .filter(({ offered }) => offered.includes("phone"))
      .map(({ phone, number }) => ({ factor: `phone${number}`, label: `Phone call to ${called(phone)}` })),
    ...phones
      .filter(({ offered }) => offered.includes("sms"))
      .map(({ phone, number }) => ({
        factor: `sms${number}`,
        label: `SMS passcodes to ${called(phone)}${nextCode(phone)}`,
      })),
  ];
}

const HEADING = "Enter a passcode or select one of the following options:";

/** The menu of an active user. `verified`: pushes are verified ones, and are named so. */
export function menuOf(world: World, account: Account, verified: boolean): Menu {
  const options = optionsOf(world, account, verified);
  const title = `Duo two-factor login for ${account.name}\n\n`;
  const first = options[0];
  // No source shows the menu of a user who has tokens only; a question for the passcode alone is our reading.
  if (first === undefined) return { text: `${title}Passcode: `, factors: {} };
  const lines = options.map(({ label }, index) => `${String(index + 1).padStart(2)}. ${label}\n`);
  return {
    text: `${title}${HEADING}\n\n${lines.join("")}\nPasscode or option (1-${options.length}): `,
    factors: {
      default: first.factor,
      ...Object.fromEntries(options.map(({ factor }, index) => [String(index + 1), factor])),
    },
  };
}
