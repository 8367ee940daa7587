// Which users must pass the second factor: the `groups` option. COMPAT(duo_unix): tokens are alternatives; inside
// one, comma-separated patterns, of which a positive one must match a group of the user and no `!` one may.

/** True when the groups of a user match one of the tokens. Call it only when there are tokens: none means everybody. */
export function mustPass(tokens: readonly string[], userGroups: readonly string[]): boolean {
  return tokens.some((token) => tokenMatches(token, userGroups));
}

/** True when every pattern is negated, so that nobody can match: a configuration that switches the factor off. */
export function allNegated(tokens: readonly string[]): boolean {
  const patterns = tokens.flatMap((token) => token.split(",")).filter((pattern) => pattern !== "");
  return patterns.length > 0 && patterns.every((pattern) => pattern.startsWith("!"));
}

function tokenMatches(token: string, userGroups: readonly string[]): boolean {
  const patterns = token.split(",").filter((pattern) => pattern !== "");
  const hit = (pattern: string) => userGroups.some((group) => wildcardMatches(pattern, group));
  const negated = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  const positive = patterns.filter((pattern) => !pattern.startsWith("!"));
  return positive.some(hit) && !negated.some(hit);
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
