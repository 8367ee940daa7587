// One mutant: a place in the source, what is written there instead, and the tests that have to notice. Tests are files below
// test/, without their ending; a mutant in native/ is first shown to the C unit tests.

export interface Mutant {
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly text: string;
  readonly instead: string;
  readonly tests: readonly string[];
  /** Why no test can notice, where that is known: then it is a fault of the list when one does. */
  readonly harmless?: string;
}

/** `changes` are pairs of a text and what stands there instead; a third part says why that is harmless. */
export function mutantsOf(
  file: string,
  tests: readonly string[],
  changes: readonly (readonly [text: string, instead: string, harmless?: string])[],
): readonly Mutant[] {
  return changes.map(([text, instead, harmless]) => ({
    file,
    text,
    instead,
    tests,
    ...(harmless === undefined ? {} : { harmless }),
  }));
}
