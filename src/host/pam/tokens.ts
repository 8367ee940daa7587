// A line of a PAM file cut into words, as libpam cuts it: blanks part them, and [...] holds blanks together. Pure.
// Called by directive.ts.

export interface Token {
  readonly text: string;
  /** Was written in brackets, which are not part of `text`. */
  readonly bracketed: boolean;
}

/** An opening bracket counts only at the start of a word; `\]` inside is a plain bracket; a missing end takes the whole rest. */
export function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of line.matchAll(/\[((?:\\\]|[^\]])*)\]?|[^ \t\n]+/g)) {
    const [whole, inside] = match;
    tokens.push({
      text: inside === undefined ? whole : inside.replaceAll("\\]", "]"),
      bracketed: inside !== undefined,
    });
  }
  return tokens;
}
