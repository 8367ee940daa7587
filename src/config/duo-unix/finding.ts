// One thing about a Duo Unix file that its owner should know: a setting that means something else here, that is left out, or
// that never did what it says. It never holds a secret. Made by translate.ts and its parts, shown by render.ts and cli/import.

export interface Finding {
  /** In the Duo Unix file; undefined for the file as a whole. */
  readonly line: number | undefined;
  /** The option of duogate.conf that it is about, whose line then has the text above it. */
  readonly key: string | undefined;
  readonly text: string;
}

/** What one file of Duo Unix comes to. */
export interface Translation {
  /** Values as duogate.conf writes them, by option key. SECURITY: skey and http_proxy among them. */
  readonly values: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}
