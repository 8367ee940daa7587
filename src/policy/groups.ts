// Which users must pass the second factor: the `groups` option. COMPAT(duo_unix): tokens are alternatives; inside
// one, comma-separated patterns, of which a positive one must match a group of the user and no `!` one may.

/** True when the groups of a user match one of the tokens. Call it only when there are tokens: none means everybody. */
export function mustPass(tokens: readonly string[], userGroups: readonly string[]): boolean {
  return matchingToken(tokens, userGroups) !== undefined;
}

/** The token by which `mustPass` is true. */
export function matchingToken(tokens: readonly string[], userGroups: readonly string[]): string | undefined {
  return tokens.find((token) => tokenMatches(token, userGroups));
}

/**
 * SECURITY: the groups without wildcards whose existence has to be confirmed before `mustPass`'s no is believed. A name
 * service that is out of reach does not say so: it gives the user's groups without those that it cannot ask for
 * (getgrouplist(3)). Such a group cannot be found by name either. Patterns with wildcards cannot be confirmed.
 */
export function groupsToConfirm(tokens: readonly string[], userGroups: readonly string[]): readonly string[] {
  const open = tokens.map(readToken).filter(({ negated }) => !userGroups.some((group) => matchesAny(negated, group)));
  const names = open.flatMap(({ positive }) => positive).filter((pattern) => !/[*?]/.test(pattern));
  return [...new Set(names)].filter((name) => !userGroups.includes(name));
}

/** The patterns, as they are written, that match none of `groups`. */
export function matchesNone(tokens: readonly string[], groups: readonly string[]): readonly string[] {
  const patterns = tokens.flatMap((token) => token.split(",")).filter((pattern) => pattern !== "");
  return patterns.filter((pattern) => !groups.some((group) => wildcardMatches(pattern.replace(/^!/, ""), group)));
}

interface Token {
  readonly positive: readonly string[];
  readonly negated: readonly string[];
}

function readToken(token: string): Token {
  const patterns = token.split(",").filter((pattern) => pattern !== "");
  return {
    positive: patterns.filter((pattern) => !pattern.startsWith("!")),
    negated: patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1)),
  };
}

function tokenMatches(token: string, userGroups: readonly string[]): boolean {
  const { positive, negated } = readToken(token);
  const hit = (patterns: readonly string[]) => userGroups.some((group) => matchesAny(patterns, group));
  return hit(positive) && !hit(negated);
}

function matchesAny(patterns: readonly string[], group: string): boolean {
  return patterns.some((pattern) => wildcardMatches(pattern, group));
}

/** `*` is any run of characters, `?` exactly one; case counts. Linear in the text for each star, no backtracking blow-up. */
export function wildcardMatches(pattern: string, text: string): boolean {
  const p = [...pattern];
  const t = [...text];
  let [pi, ti, star, mark] = [0, 0, -1, 0];
  while (ti < t.length) {
    if (pi < p.length && p[pi] === "*") {
      star = pi;
      mark = ti;
      pi += 1;
    } else if (pi < p.length && (p[pi] === "?" || p[pi] === t[ti])) {
      pi += 1;
      ti += 1;
    } else if (star >= 0) {
      pi = star + 1;
      mark += 1;
      ti = mark;
    } else return false;
  }
  while (p[pi] === "*") pi += 1;
  return pi === p.length;
}
