// docs/MUTATION.md: what came of each mutant in the last whole run.

import type { Mutant } from "./mutant.ts";

export interface Judged {
  readonly mutant: Mutant;
  /** The test that noticed; undefined: it survived. */
  readonly killer: string | undefined;
}

/** `when`: the date, and what there is to say about the run. */
export function renderReport(judged: readonly Judged[], when: string): string {
  const killed = judged.filter(({ killer }) => killer !== undefined);
  const harmless = judged.filter(({ killer, mutant }) => killer === undefined && mutant.harmless !== undefined);
  const survivors = judged.filter(({ killer, mutant }) => killer === undefined && mutant.harmless === undefined);
  return `# Mutants

Written by \`npm run mutation -- --write\`: each line below is a change of the source by which the program would be less safe,
built into a copy of the checkout, and the test that failed because of it. The list is \`test/mutation/\`. It is written by hand,
because what matters is half in C, and because many of the tests that have to notice start real programs, which no mutation
engine for JavaScript sees into; a unit test holds each line's text to occur once in its file, so that the list cannot fall
behind the source. It is not part of \`npm test\`.

Last run: ${when}. ${judged.length} mutants: ${killed.length} were noticed, ${harmless.length} are harmless, ${survivors.length} survived.

${survivors.length === 0 ? "" : `## Survived\n\n${survivors.map(({ mutant }) => `- \`${mutant.file}\`: ${code(mutant.text)} became ${code(mutant.instead)}`).join("\n")}\n\n`}## Harmless

${harmless.map(({ mutant }) => `- \`${mutant.file}\`, ${code(mutant.text)} became ${code(mutant.instead)}: ${mutant.harmless}`).join("\n")}

## Noticed

| File | What stood there | What stood there instead | Noticed by |
|---|---|---|---|
${killed.map(({ mutant, killer }) => `| ${mutant.file} | ${code(mutant.text)} | ${code(mutant.instead)} | ${place(killer ?? "")} |`).join("\n")}
`;
}

function place(test: string): string {
  return test === "c" ? "native/test" : `test/${test}.test.ts`;
}

function code(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
  return line === "" ? "nothing" : line.includes("`") ? `\`\` ${line} \`\`` : `\`${line}\``;
}
