// Where a setting that is in force was written: the line of the file, in [service:NAME] or else in [duo] or [gateway]. For
// explanations only; nothing decides by it. Used by cli/explain.

import { scanLines } from "./lines.ts";
import type { Option } from "./option.ts";

export interface Origin {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly key: string;
}

/** The line that sets `option` for a PAM service; undefined where no line does and the default is in force. */
export type OriginOf = (option: Option<unknown>) => Origin | undefined;

/** `text` is the file's own, valid by parseConfig. */
export function originsFor(text: string, file: string, service: string): OriginOf {
  const { entries } = scanLines(text, file);
  return (option) => {
    const lines = entries.filter((entry) => entry.option === option);
    const own = lines.find(({ section }) => section.service === service);
    const found = own ?? lines.find(({ section }) => section.service === undefined);
    return found === undefined ? undefined : { file, line: found.line, key: option.key };
  };
}
