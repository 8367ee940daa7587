// A page of docs/man as the tests here read it. Not a parser of mdoc(7): single requests of one line each.

import { readdirSync, readFileSync } from "node:fs";
import { repositoryFile } from "../../support/repository.ts";

export const PAGES: readonly string[] = readdirSync(repositoryFile("docs/man")).sort();

export const pagePath = (page: string): string => repositoryFile(`docs/man/${page}`);
export const pageText = (page: string): string => readFileSync(pagePath(page), "utf8");
export const sourceText = (path: string): string => readFileSync(repositoryFile(path), "utf8");

/** What the page says, without macros: one line, words parted by one blank. */
export function plainText(page: string): string {
  const lines = pageText(page).split("\n");
  const words = lines.map((line) => line.replace(/^\.(?:Bl|Bd|El|Ed|It|[A-Z][a-z]) ?/, "").replaceAll("\\%", ""));
  return words.join(" ").replaceAll(/ +/g, " ");
}

/** The rest of each line that has this request, such as "Xr": "sshd 8 ,". */
export function requests(page: string, name: string): readonly string[] {
  const pattern = new RegExp(`^\\.${name} (.*)$`, "gm");
  return [...pageText(page).matchAll(pattern)].map((match) => match[1] ?? "");
}

/** The section's text, its heading left out. */
export function sectionText(page: string, heading: string): string {
  const [, behind = ""] = pageText(page).split(`.Sh ${heading}\n`);
  return behind.split(/^\.Sh /m)[0] ?? "";
}
