// The PAM recipes of docs/OPERATIONS.md, and its way back: read out of the guide, so that what is tested is what is written.

import { readFileSync } from "node:fs";
import { repositoryFile } from "./repository.ts";

export interface Recipe {
  /** The block's first line without its mark: "Debian: /etc/pam.d/sshd, break-glass". */
  readonly title: string;
  readonly distribution: string;
  readonly service: string;
  readonly withPassword: boolean;
  readonly lines: readonly string[];
}

const BLOCK = /^```pam\n# ((\w+): \/etc\/pam\.d\/([\w-]+).*)\n([\s\S]*?)^```$/gm;

const guide = (): string => readFileSync(repositoryFile("docs/OPERATIONS.md"), "utf8");

/** Every block that is marked as PAM's. */
export function guideRecipes(): readonly Recipe[] {
  const recipes = [...guide().matchAll(BLOCK)].map(
    ([, title = "", distribution = "", service = "", body = ""]): Recipe => {
      const withPassword = !title.includes("key and second factor");
      return { title, distribution, service, lines: body.trim().split("\n"), withPassword };
    },
  );
  if (recipes.length !== guide().split("```pam").length - 1) throw new Error("a block of the guide has no title");
  return recipes;
}

/** What Break-glass does to a line, by the sed of the guide. */
export function rescued(line: string): string {
  const [, from, to] = /sed -i 's\|([^|]+)\|([^|]+)\|' \/etc/.exec(guide()) ?? [];
  if (from === undefined || to === undefined) throw new Error("the guide has no sed any more");
  return line.replace(new RegExp(from), to);
}
