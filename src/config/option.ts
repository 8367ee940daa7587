// One row of the option table: what a key is, where it stands, how its value is read, and how it is explained. Pure.
// The rows themselves are in options.ts and identity-options.ts.

import type { ValueType } from "./value-types.ts";

/** The sections whose keys the table has. `[service:NAME]` takes the keys of [duo]. */
export type SectionName = "duo" | "gateway";

export interface Option<T> {
  readonly section: SectionName;
  readonly key: string;
  /** Other spellings that mean the same; one section may use only one of them. */
  readonly aliases: readonly string[];
  readonly type: ValueType<T>;
  readonly required: boolean;
  /** The default. For a required option it only stands in until the parser has refused the file. */
  readonly fallback: T;
  /** Where `fallback` has no written form: what happens without the line. */
  readonly without?: string;
  /** What the sample shows; the default where this is absent. */
  readonly example?: string;
  /** Sentences for the sample and the manual, one a line. */
  readonly doc: readonly string[];
}

type Details<T> = Pick<Option<T>, "doc"> & Partial<Pick<Option<T>, "aliases" | "required" | "without" | "example">>;

export function option<T>(
  section: SectionName,
  key: string,
  type: ValueType<T>,
  fallback: T,
  details: Details<T>,
): Option<T> {
  return { section, key, type, fallback, aliases: [], required: false, ...details };
}
