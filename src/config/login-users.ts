// The value of `login_users`: which names at Duo an account may log in under through login_duogate -f. Pure. Used by
// options.ts; what a pair permits is decided in gateway/entrance.ts.

import { displayLine } from "../core/display-text.ts";
import { err, ok } from "../core/result.ts";
import type { LoginUser } from "./config.ts";
import { complaint } from "./problem.ts";
import type { ValueType } from "./value-types.ts";

/** Beyond it a line is no place to keep them. */
const PAIRS_MAX = 1000;
/** The limit of START's user and duo-user. */
const NAME_MAX_BYTES = 256;

/** Pairs `local:duo`, split at the first colon: no local name can hold one (passwd(5)). */
export const loginUserList: ValueType<readonly LoginUser[]> = {
  label: "pairs local:duo with spaces between them",
  read(raw) {
    const words = raw.split(" ").filter((word) => word !== "");
    if (words.length > PAIRS_MAX) {
      return err(complaint("bad-value", `there are more than ${PAIRS_MAX} pairs`, "give each person an account"));
    }
    const pairs = words.map(readPair);
    const bad = pairs.indexOf(undefined);
    if (bad >= 0) {
      const message = `"${displayLine(words[bad] ?? "", 64)}" is not a pair of names with a colon between them`;
      return err(complaint("bad-value", message, "write pairs such as ops:alice"));
    }
    return ok(Object.freeze(pairs.flatMap((pair) => pair ?? [])));
  },
  show: (value) => value.map(({ local, duo }) => `${local}:${duo}`).join(" "),
};

function readPair(word: string): LoginUser | undefined {
  const colon = word.indexOf(":");
  const [local, duo] = [word.slice(0, Math.max(0, colon)), word.slice(colon + 1)];
  return isName(local) && isName(duo) ? Object.freeze({ local, duo }) : undefined;
}

function isName(name: string): boolean {
  return name !== "" && Buffer.byteLength(name) <= NAME_MAX_BYTES && !/[\p{Cc}\p{Cf}\p{Z}\p{Cs}]/u.test(name);
}
