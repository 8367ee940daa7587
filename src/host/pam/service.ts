// A PAM service as libpam puts it together from its files: includes and substacks followed, the service `other` in the
// place of kinds that it does not have. Judges nothing. Called by cli/.

import { ALL_BAD, type PamControl } from "./control.ts";
import { type Directive, directiveOf } from "./directive.ts";
import {
  PAM_KINDS,
  type PamEntry,
  type PamKind,
  type PamPlace,
  type PamProblem,
  type PamProblemCode,
  type PamService,
  type PamStack,
} from "./entry.ts";
import { linesOf } from "./lines.ts";
import type { PamSource } from "./source.ts";

/** libpam's limit for includes in includes. */
const LEVEL_MAX = 16;
/** Far above any real service; includes that double themselves end here. */
const ENTRIES_MAX = 500;

const OTHER = "other";
const NO_CONTROL: PamControl = { text: "", actions: ALL_BAD, unread: undefined };

/** Where in the tree of includes we are. */
interface Branch {
  readonly asked: PamKind | undefined;
  readonly level: number;
  readonly includedFrom: readonly PamPlace[];
  readonly chain: readonly string[];
}

const TRUNK: Branch = { asked: undefined, level: 0, includedFrom: [], chain: [] };

/** libpam takes a service's name in lower case. */
export function readPamService(name: string, source: PamSource): PamService {
  const own = new Reading(source);
  const service = name.toLowerCase();
  const found = own.readNamed(service);
  const other = new Reading(source);
  const foundOther = service === OTHER || other.readNamed(OTHER) !== "failed";
  const problems = [...own.problems];
  if (found === "none" && service !== OTHER) {
    problems.push(noService(service));
  }
  const stacks = PAM_KINDS.map((kind): [PamKind, PamStack] => {
    const entries = own.entries.filter(({ pamKind }) => pamKind === kind);
    const fromOther = entries.length === 0 && service !== OTHER;
    return [
      kind,
      fromOther
        ? { entries: other.entries.filter(({ pamKind }) => pamKind === kind), fromOther }
        : { entries, fromOther },
    ];
  });
  const usesOther = stacks.some(([, { fromOther, entries }]) => fromOther && entries.length > 0);
  if (!foundOther || usesOther) problems.push(...other.problems);
  const nothing = found !== "read" && other.files.length === 0;
  return {
    name: service,
    file: found === "none" ? undefined : own.files[0],
    files: usesOther ? [...own.files, ...other.files] : own.files,
    stacks: Object.fromEntries(stacks) as Record<PamKind, PamStack>,
    // `other` is read with every service, so its faults are everybody's.
    unusable: found === "failed" || !foundOther || nothing,
    problems,
  };
}

function noService(name: string): PamProblem {
  return {
    code: "no-service",
    place: { file: `/etc/pam.d/${name}`, line: 0 },
    message: "there is no such file, so libpam takes the service other",
    remedy: `write /etc/pam.d/${name} if a program uses this service`,
  };
}

class Reading {
  readonly entries: PamEntry[] = [];
  readonly problems: PamProblem[] = [];
  readonly files: string[] = [];
  readonly #source: PamSource;

  constructor(source: PamSource) {
    this.#source = source;
  }

  /** "failed": libpam gives up on the service. */
  readNamed(name: string): "read" | "none" | "failed" {
    const file = this.#source.open(name);
    if (file.kind === "none") return "none";
    if (file.kind === "file") return this.#read(file.path, file.text, TRUNK) ? "read" : "failed";
    this.#complain(
      "unreadable",
      { file: file.path, line: 0 },
      `the file cannot be read: ${file.reason}`,
      "run this as root",
    );
    return "failed";
  }

  /** False where libpam refuses the file. */
  #read(path: string, text: string, branch: Branch): boolean {
    this.files.push(path);
    const { lines, problems, unfinished } = linesOf(text, path, this.#source.reading);
    this.problems.push(...problems);
    const inner = { ...branch, chain: [...branch.chain, path] };
    for (const line of lines) {
      const directive = directiveOf(line.text, branch.asked);
      const place = { file: path, line: line.line };
      if (!this.#take(directive, line.text.trim(), place, inner)) return false;
    }
    if (!unfinished) return true;
    const place = { file: path, line: text.split("\n").length - (text.endsWith("\n") ? 1 : 0) };
    this.#complain(
      "unfinished-line",
      place,
      "the file ends with a backslash, and libpam refuses the whole file",
      "remove the backslash",
    );
    return false;
  }

  #take(directive: Directive, text: string, place: PamPlace, branch: Branch): boolean {
    const { asked, level, includedFrom } = branch;
    if (asked !== undefined && directive.pamKind !== undefined && directive.pamKind !== asked) return true;
    if (this.entries.length >= ENTRIES_MAX) return this.#tooLong(place);
    if (directive.kind === "include") return this.#include(directive, text, place, branch);
    if (directive.kind === "module" && /(?:^|\/)$/.test(directive.module)) {
      const message = "the line names a folder and no module, and libpam refuses the whole file";
      return this.#complain("no-module", place, message, "write the module third");
    }
    const { complaint, ...entry } = directive;
    if (complaint !== undefined) this.problems.push({ ...complaint, place });
    this.entries.push({ ...entry, place, includedFrom, text, level });
    return true;
  }

  #include(
    directive: Directive & { readonly kind: "include" },
    text: string,
    place: PamPlace,
    branch: Branch,
  ): boolean {
    const { asked, level, includedFrom } = branch;
    const pamKind = directive.pamKind ?? asked;
    const common = { place, includedFrom, text, control: NO_CONTROL, level };
    const target = directive.target ?? "";
    if (directive.substack && pamKind !== undefined)
      this.entries.push({ ...common, kind: "substack", pamKind, target });
    const deeper = {
      asked: pamKind,
      level: level + (directive.substack ? 1 : 0),
      includedFrom: [...includedFrom, place],
      chain: branch.chain,
    };
    if (this.#follow(target, place, deeper)) return true;
    // The lines that were read before the fault stay, and behind them is one that fails. `@include` in a service's own file
    // takes the whole service with it.
    if (pamKind === undefined) return false;
    this.entries.push({ ...common, kind: "must-fail", pamKind });
    return true;
  }

  #follow(target: string, place: PamPlace, branch: Branch): boolean {
    const file = target === "" ? undefined : this.#source.open(target);
    if (file === undefined || file.kind === "none") {
      const message =
        target === "" ? "the line names no file to include" : `there is no PAM file "${target}" to include`;
      return this.#complain("missing-include", place, message, "name a file that is there, or remove the line");
    }
    if (file.kind === "unreadable") {
      const message = `the file cannot be read: ${file.reason}`;
      return this.#complain("unreadable", { file: file.path, line: 0 }, message, "run this as root");
    }
    if (branch.chain.includes(file.path) || branch.chain.length >= LEVEL_MAX) {
      return this.#complain(
        "include-loop",
        place,
        `"${target}" is included by itself, or too deep`,
        "remove one of the includes",
      );
    }
    return this.#read(file.path, file.text, branch);
  }

  #tooLong(place: PamPlace): boolean {
    return this.#complain("too-long", place, `the service has more than ${ENTRIES_MAX} lines`, "include less");
  }

  #complain(code: PamProblemCode, place: PamPlace, message: string, remedy: string): false {
    this.problems.push({ code, place, message, remedy });
    return false;
  }
}
