// One line of a PAM file, taken apart: kind, control, module and arguments, or which file to read here. Pure.
// Called by service.ts.

import { ALL_BAD, type PamControl, parseControl } from "./control.ts";
import { PAM_KINDS, type PamKind, type PamProblemCode } from "./entry.ts";
import { tokensOf } from "./tokens.ts";

export interface Complaint {
  readonly code: PamProblemCode;
  readonly message: string;
  readonly remedy: string;
}

export type Directive =
  | {
      readonly kind: "module";
      readonly pamKind: PamKind;
      readonly silent: boolean;
      readonly control: PamControl;
      readonly module: string;
      readonly args: readonly string[];
      readonly complaint: Complaint | undefined;
    }
  /** Debian's `@include` takes the lines of every kind: `pamKind` is undefined then. */
  | {
      readonly kind: "include";
      readonly pamKind: PamKind | undefined;
      readonly substack: boolean;
      readonly target: string | undefined;
    }
  | {
      readonly kind: "must-fail";
      readonly pamKind: PamKind;
      readonly control: PamControl;
      readonly complaint: Complaint;
    };

const KINDS = `write ${PAM_KINDS.slice(0, -1).join(", ")} or ${PAM_KINDS.at(-1)} first`;
const CONTROLS = "write required, requisite, sufficient, optional, include, substack or [code=action …] second";

/** `asked` is the kind of the `include` that led here: a line whose kind libpam cannot read counts as one of that kind. */
export function directiveOf(line: string, asked: PamKind | undefined): Directive {
  const [first, second, third, ...rest] = tokensOf(line);
  const silent = first?.text.startsWith("-") === true;
  const word = (silent ? first?.text.slice(1) : first?.text)?.toLowerCase() ?? "";
  if (word === "@include") return { kind: "include", pamKind: undefined, substack: false, target: second?.text };
  const pamKind = PAM_KINDS.find((kind) => kind === word);
  if (pamKind === undefined) {
    // SECURITY: libpam takes it for the kind that matters most, and lets nobody pass there.
    const complaint = { code: "unknown-kind", message: `"${word}" is no kind of PAM line`, remedy: KINDS } as const;
    return { kind: "must-fail", pamKind: asked ?? "auth", control: controlOf(second?.text), complaint };
  }
  if (second === undefined) {
    const complaint = { code: "no-control", message: "the line has no control value", remedy: CONTROLS } as const;
    return { kind: "must-fail", pamKind, control: controlOf(undefined), complaint };
  }
  const including = second.text.toLowerCase();
  if (including === "include" || including === "substack") {
    return { kind: "include", pamKind, substack: including === "substack", target: third?.text };
  }
  const control = parseControl(second.text);
  if (third === undefined) {
    const complaint = {
      code: "no-module",
      message: "the line names no module",
      remedy: "write the module third",
    } as const;
    return { kind: "must-fail", pamKind, control, complaint };
  }
  const args = rest.map(({ text }) => text);
  return { kind: "module", pamKind, silent, control, module: third.text, args, complaint: unread(control) };
}

function controlOf(text: string | undefined): PamControl {
  return text === undefined ? { text: "", actions: ALL_BAD, unread: undefined } : parseControl(text);
}

function unread({ unread: from, text }: PamControl): Complaint | undefined {
  if (from === undefined) return undefined;
  const message = `libpam cannot read the control value "${text}" from "${from}" on, and takes every answer of the module for a failure`;
  return { code: "unknown-control", message, remedy: CONTROLS };
}
