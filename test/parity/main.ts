// Runs the parity suite by itself and prints its table, docs/PARITY.md. With --write it writes the table from what it sees.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { repositoryFile } from "../support/repository.ts";

const [option, ...more] = process.argv.slice(2);
if (more.length > 0 || (option !== undefined && option !== "--write")) {
  process.stderr.write("usage: node dist/test/parity/main.js [--write]\n");
  process.exit(2);
}
const env = { ...process.env, ...(option === "--write" ? { DUOGATE_UPDATE_PARITY: "1" } : {}) };
const { status } = spawnSync(process.execPath, [repositoryFile("dist/test/parity/parity.test.js")], {
  stdio: ["ignore", "ignore", "inherit"],
  env,
});
process.stdout.write(readFileSync(repositoryFile("docs/PARITY.md"), "utf8"));
if (status !== 0) {
  process.stderr.write("the suite failed; see its words: node --test dist/test/parity/parity.test.js\n");
}
process.exitCode = status === 0 ? 0 : 1;
