// Comments where Duo Unix knows none: it ends a value at ` ;` and nowhere else, so that a # behind a value, or a comment that is
// the whole of it, was a part of the value. What was meant, and what came of it there. Pure. Used by translate.ts.
// COMPAT(duo_unix): lib/ini.c and lib/util.c, sections 1.2 and 1.3 of its behaviour.

export interface Comment {
  /** What stands before it. */
  readonly meant: string;
  /** What Duo Unix made of the whole, in words without the value. */
  readonly effect: string;
  /** Duo Unix stopped reading the file here. */
  readonly stops: boolean;
}

const KNOWS_NO = "Duo Unix knows no comment behind a value but one that begins with a blank and ;";

/** Undefined where the value has no comment. */
export function commentIn(key: string, value: string): Comment | undefined {
  // One punctuation mark is what the option wants, and these are two.
  if (key === "gecos_delim" && value.length === 1) return undefined;
  // A backslash keeps a blank in a group's name.
  const start = /^[;#]/.test(value) ? 0 : value.search(/(?<!\\)[ \t]#/);
  if (start === -1) return undefined;
  const meant = value.slice(0, start).trim();
  const { words, stops } = EFFECTS[key] ?? UNKNOWN;
  return {
    meant,
    effect: `${KNOWS_NO}: to it ${value.startsWith(";") ? "the ;" : "the #"} and what follows is part of the value, ${words}`,
    stops,
  };
}

interface Effect {
  readonly words: string;
  readonly stops: boolean;
}

const UNKNOWN: Effect = { words: "of an option that it does not know", stops: false };
const NO: Effect = { words: "which it read as no", stops: false };
const STOPS: Effect = { words: "which it does not understand", stops: true };
const NUMBER: Effect = { words: "of which it reads the number at the beginning, if there is one", stops: false };
const IGNORED: Effect = { words: "of an option that has no effect", stops: false };

const EFFECTS: Readonly<Record<string, Effect>> = {
  ikey: { words: "a key that Duo does not have", stops: false },
  skey: { words: "so that it signs with another key, and Duo refuses it", stops: false },
  host: { words: "a host that cannot be reached, so that failmode decided every login", stops: false },
  http_proxy: { words: "a proxy that cannot be reached, so that failmode decided every login", stops: false },
  cafile: { words: "a file that is not there, so that it refuses every login", stops: false },
  failmode: STOPS,
  gecos_delim: STOPS,
  groups: { words: "and its words are names of groups", stops: false },
  group: { words: "and its words are names of groups", stops: false },
  prompts: NUMBER,
  https_timeout: NUMBER,
  gecos_username_pos: NUMBER,
  pushinfo: NO,
  autopush: NO,
  verified_push: NO,
  accept_env_factor: NO,
  fallback_local_ip: NO,
  send_gecos: NO,
  noverify: NO,
  motd: NO,
  gecos_parsed: IGNORED,
  dev_fips_mode: IGNORED,
};
