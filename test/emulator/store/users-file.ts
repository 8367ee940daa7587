// Owns the reading of a users file and where the standard one lies.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type EmulatorUsers, parseUsers } from "./users.ts";

// Compiled code runs from dist/test/emulator/store; the file stays with its sources, which the compiler does not copy.
const standardFile = join(import.meta.dirname, "../../../../test/emulator/users.json");

/**
 * Reads users from a JSON file, the standard one unless named.
 * Rejects with a TypeError or SyntaxError that names what is malformed.
 */
export async function readUsersFile(file: string = standardFile): Promise<EmulatorUsers> {
  return parseUsers(JSON.parse(await readFile(file, "utf8")));
}
