// The menu of the dialects where Duo makes the prompt (v1, unix): a text, and a map from the numbers in it to factor
// names. Pure; called by their preauth.

import { displayLine, displayText } from "../core/display-text.ts";
import type { FactorKind, FactorMenu, FactorOption } from "./api.ts";

/** What fits into one prompt beside the notice of an earlier attempt (DISPLAY_MAX_BYTES, login/words.ts). */
const PROMPT_MAX_BYTES = 1600;
const LABEL_MAX_BYTES = 72;

// `voice` and `smsrefresh` are what the mock server of Duo Unix says.
const NAME = /^(?<verified>verified_)?(?<word>push|phone|voice|sms|smsrefresh)(?<phone>[1-9]\d?)$/;
const KIND: Readonly<Record<string, FactorKind>> = {
  push: "push",
  phone: "phone",
  voice: "phone",
  sms: "sms",
  smsrefresh: "sms",
};
const WORDS: Readonly<Record<FactorKind, string>> = {
  push: "Duo Push to phone",
  phone: "Phone call to phone",
  sms: "SMS passcodes to phone",
};

/**
 * Options in the order of their numbers. The server's prompt is kept only where it can be shown whole and its numbers are
 * those of the options, because a number must never choose another line than the one that the user read; else the menu
 * is ours, with labels from the server's lines.
 */
export function textMenu(prompt: string, factors: Readonly<Record<string, string>>): FactorMenu {
  const numbers = Object.keys(factors)
    .filter((key) => /^[1-9]\d{0,2}$/.test(key))
    .map(Number)
    .sort((a, b) => a - b);
  const options = numbers.flatMap((number) => optionOf(factors[number] ?? "", lineOf(prompt, number)) ?? []);
  const sameNumbers = options.length === numbers.length && numbers.every((number, i) => number === i + 1);
  const showable = prompt.trim() !== "" && Buffer.byteLength(prompt) <= PROMPT_MAX_BYTES;
  return {
    options,
    preferred: preferredOf(options, factors["default"]),
    serverPrompt: sameNumbers && showable ? displayText(prompt) : undefined,
  };
}

/** Where the server names no default it wants none. SMS only sends codes, so nothing may choose it by itself. */
function preferredOf(options: readonly FactorOption[], name: string | undefined): FactorOption | undefined {
  return options.find(({ kind, target }) => kind !== "sms" && target === name);
}

function optionOf(target: string, line: string | undefined): FactorOption | undefined {
  const found = NAME.exec(target)?.groups;
  const kind = KIND[found?.["word"] ?? ""];
  const phone = found?.["phone"];
  if (kind === undefined || phone === undefined) return undefined;
  // A verified push is `push1` for the user too: what may be typed is the same in every dialect.
  return {
    name: `${kind}${phone}`,
    kind,
    label: displayLine(line ?? `${WORDS[kind]} ${phone}`, LABEL_MAX_BYTES),
    target,
  };
}

/** What the prompt says beside this number: ` 1. Duo Push to XXX-XXX-1234`. */
function lineOf(prompt: string, number: number): string | undefined {
  return new RegExp(`^[ \\t]*${number}\\.[ \\t]+(\\S[^\\r\\n]*)`, "m").exec(prompt)?.[1]?.trim();
}
