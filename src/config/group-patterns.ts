// Which patterns of `groups` are mistakes: no group matches them, or not the ones that were meant, and a list that matches
// nobody lets everybody in. Pure. What a pattern that is none of these matches is policy/'s business.

export interface PatternFault {
  readonly message: string;
  readonly remedy: string;
}

/**
 * In no name of /etc/group (group(5), useradd) and in no sAMAccountName, so that they are separators of other programs, or
 * other languages of patterns. A blank, and . @ $ \ & + - / and letters of any script, are in real names.
 */
const NO_NAME = /[:;|<>=[\]"\t]/;
/**
 * SECURITY: a wildcard behind these matches nobody, and nothing confirms it (groupsToConfirm): quotes of a shell or a manifest, as
 * in '*,!root', and regular expressions, as in .* and ^adm*.
 */
const NO_BEGINNING = /^!*(['`^\u2018\u201c]|\.\*)/;
/** SECURITY: what is longer is not quoted. A key that was pasted into the wrong line is 40 characters. */
const QUOTED_MAX = 32;
const ESCAPE = "where a directory's group really has that name, write ? in the place of the character";

/** What is wrong with one pattern list, in which a space is a part of a name. */
export function patternFault(list: string): PatternFault | undefined {
  const patterns = list.split(",").filter((pattern) => pattern !== "");
  if (patterns.some((pattern) => /^!+$/.test(pattern))) {
    return {
      message: "a ! stands alone: it excludes the group whose name follows without a space",
      remedy: "write *,!name for everyone but the members of name",
    };
  }
  if (patterns.some((pattern) => pattern.lastIndexOf("!") > 0)) {
    return {
      message: "a ! inside a pattern is a part of the name, and excludes nobody; patterns have commas between them",
      remedy: `${suggestion(list)}; ${ESCAPE}`,
    };
  }
  const first = patterns.map((pattern) => NO_BEGINNING.exec(pattern)?.[1]).find((one) => one !== undefined);
  if (first !== undefined) {
    const message = `a pattern begins with ${first}, which no group's name does: nobody would match it`;
    return { message, remedy: `write * for every group, and names without quotes; ${ESCAPE}` };
  }
  const odd = NO_NAME.exec(list)?.[0];
  if (odd === undefined) return undefined;
  const shown = odd === "\t" ? "a tab" : `a ${odd}`;
  return { message: `a pattern has ${shown}, which no group's name has: nobody would match it`, remedy: REMEDY };
}

const REMEDY = `put commas between the patterns of a list, and spaces between lists; ${ESCAPE}`;

/** A list of ! patterns alone matches nobody. */
export function isAllNegated(list: string): boolean {
  return list.split(",").every((pattern) => pattern === "" || pattern.startsWith("!"));
}

/** `*.!root` → `*,!root`: each ! begins a pattern, and what stood before it as a separator goes. */
function suggestion(list: string): string {
  const parts = list.split(",").flatMap(meant);
  if (parts.some((part) => part.length > QUOTED_MAX)) return "write *,!name for everyone but the members of name";
  return `did you mean "${parts.join(",").replaceAll(" ", "\\ ")}"?`;
}

function meant(pattern: string): readonly string[] {
  const [first = "", ...excluded] = pattern.split("!");
  const names = [first, ...excluded].map((part, index, all) =>
    // The last part is a name to its end; the others end with what was taken for a comma.
    index === all.length - 1 ? part : part.replace(/[^\p{L}\p{N}*?_$)]+$/u, ""),
  );
  return names.flatMap((name, index) => (name === "" ? [] : [index === 0 ? name : `!${name}`]));
}
