// What the duogate command loads before it knows which command it is. systemd runs `duogate check` before each start of the
// daemon, so that whatever every command loads is time in which a killed daemon is not back yet: a third of a second with
// the packages below, a tenth without. A command that needs one imports its part inside its action, as commands/run.ts does.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { repositoryFile } from "../../support/repository.ts";

const SLOW = ["undici", "zod", "pino", "ffi-napi", "prom-client"];
/** Not type-only imports, which vanish, and not import(), which waits. */
const STATIC = /(?:^|\n)(?:import|export)\s(?!type\s)[^;]*?from\s+"([^"]+)"/g;

/** Every package that `file` brings, with the files on the way. */
function packagesOf(file: string, way: readonly string[] = [], seen = new Set<string>()): readonly string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const names = [...readFileSync(file, "utf8").matchAll(STATIC)].map(([, name = ""]) => name);
  const here = [...way, file.slice(repositoryFile("src/").length)];
  const files = names.filter((name) => name.startsWith("."));
  const packages = names.filter((name) => SLOW.includes(name)).map((name) => [...here, name].join(" -> "));
  return [...packages, ...files.flatMap((name) => packagesOf(join(dirname(file), name), here, seen))];
}

test("the command line alone loads none of the slow packages", () => {
  assert.deepEqual(packagesOf(repositoryFile("src/main.ts")), []);
});

test("the daemon does load them, so that the test above sees what it looks for", () => {
  assert.ok(packagesOf(repositoryFile("src/cli/daemon/run.ts")).length >= 3);
});
