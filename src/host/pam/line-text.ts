// A PAM auth line as text, from its parts and back. Pure: it neither reads files nor judges.

import { directiveOf } from "./directive.ts";
import type { PamModuleEntry } from "./entry.ts";

export type LineParts = Pick<PamModuleEntry, "silent" | "module" | "args"> & { readonly control: string };

/** `auth    required    pam_unix.so nullok`; a control value of several words is put into brackets again. */
export function lineText({ silent, control, module, args }: LineParts): string {
  const words = [`${silent ? "-" : ""}auth`, bracketedControl(control), module, ...args.map(bracketed)];
  return words.join(" ");
}

/** The entry that this text would be at the place of `like`, or undefined where libpam could not read it. */
export function entryOf(
  text: string,
  like: Pick<PamModuleEntry, "place" | "includedFrom" | "level">,
): PamModuleEntry | undefined {
  const directive = directiveOf(text, undefined);
  if (directive.kind !== "module" || directive.complaint !== undefined) return undefined;
  const { complaint: _, ...parts } = directive;
  const { place, includedFrom, level } = like;
  return { ...parts, place, includedFrom, level, text };
}

function bracketedControl(control: string): string {
  return /^[A-Za-z]+$/.test(control) ? control : `[${control}]`;
}

function bracketed(argument: string): string {
  return /[\s[\]]/.test(argument) || argument === "" ? `[${argument.replaceAll("]", "\\]")}]` : argument;
}
