// `npm test` behind the build: runs the suites one after the other, says what it is doing, and ends with one table and one
// line of totals. Exit 0 only when every suite ran and nothing failed. Names of suites as arguments run only those, and
// the slow ones (whole systems booted, images built) run only when named: `npm run test:system` names them.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Counts } from "./support/reporter.ts";
import { repositoryFile } from "./support/repository.ts";

interface Suite {
  readonly name: string;
  readonly about: string;
  /** Folder of dist/test whose tests it runs… */
  readonly folder?: string;
  /** …or the command that it is. */
  readonly command?: readonly [string, ...string[]];
  /** Test files at once; the default is one for each processor. */
  readonly concurrency?: number;
  /** Takes minutes: runs only when named. */
  readonly slow?: boolean;
}

const SUITES: readonly Suite[] = [
  { name: "lint", about: "Biome", command: ["npx", "biome", "ci", "--reporter=summary"] },
  { name: "unit", about: "pure code, the layer rule, vectors", folder: "unit" },
  { name: "c", about: "the C units and vectors", command: ["make", "--silent", "-C", "native", "check"] },
  { name: "native", about: "the module in a real libpam against a scripted daemon", folder: "native" },
  { name: "integration", about: "the parts together, the emulator and official clients", folder: "integration" },
  { name: "fault", about: "everything that breaks", folder: "fault" },
  {
    name: "parity",
    about: "the same logins through Debian's pam_duo and login_duo, and through ours",
    folder: "parity",
  },
  { name: "fuzz", about: "properties on frames, configuration and replies", folder: "fuzz" },
  { name: "system", about: "real sshd, sudo and su (as root, in a private namespace)", folder: "system" },
  {
    name: "package",
    about: "the Debian package: its bytes, and its life in dpkg's hands",
    folder: "package",
    slow: true,
  },
  {
    name: "booted",
    about: "a Debian 13 under systemd: the package, the doors, and who gets in when something is broken (as root)",
    folder: "booted",
    slow: true,
    // Each file boots its machines one after the other, and times are measured in them.
    concurrency: 1,
  },
  { name: "image", about: "the container image, built with buildah and run (as root)", folder: "image", slow: true },
];

/** A test that waits for what never comes fails then, instead of holding up the suites behind it. The longest takes three minutes. */
const TEST_LIMIT_MS = 900_000;

interface Outcome extends Counts {
  readonly name: string;
  readonly seconds: number;
}

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

function runSuite(suite: Suite, countsFile: string): Outcome {
  process.stdout.write(`\n${suite.name}: ${suite.about}\n`);
  const started = performance.now();
  const counts = suite.command ? runCommand(suite.command) : runFolder(suite, countsFile);
  const outcome = { name: suite.name, ...counts, seconds: (performance.now() - started) / 1000 };
  process.stdout.write(`  ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped\n`);
  return outcome;
}

function runCommand([program, ...args]: readonly [string, ...string[]]): Counts {
  const ended = spawnSync(program, args, { cwd: repositoryFile("."), encoding: "utf8" });
  const output = `${ended.stdout}${ended.stderr}${ended.error?.message ?? ""}`;
  const good = [...output.matchAll(/^ok /gm)].length;
  const bad = [...output.matchAll(/^not ok /gm)].length;
  if (ended.status === 0 && bad === 0) return { ...NOTHING, passed: Math.max(1, good) };
  process.stdout.write(output.replace(/^ok .*\n/gm, ""));
  return { ...NOTHING, passed: good, failed: Math.max(1, bad) };
}

function runFolder({ folder = "", concurrency, slow }: Suite, countsFile: string): Counts {
  const files = testFiles(folder);
  rmSync(countsFile, { force: true });
  const reporter = repositoryFile("dist/test/support/reporter.js");
  const atOnce = concurrency === undefined ? [] : [`--test-concurrency=${concurrency}`];
  const limit = slow === true ? [] : [`--test-timeout=${TEST_LIMIT_MS}`];
  const args = ["--test", `--test-reporter=${reporter}`, ...atOnce, ...limit];
  const env = { ...process.env, DUOGATE_TEST_COUNTS: countsFile };
  const ended = spawnSync(process.execPath, ["--enable-source-maps", ...args, ...files], { stdio: "inherit", env });
  if (!existsSync(countsFile)) return { ...NOTHING, failed: 1 };
  const counts = JSON.parse(readFileSync(countsFile, "utf8")) as Counts;
  return ended.status === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** From the sources, so that what an earlier build left in dist/ is not run. */
function testFiles(folder: string): readonly string[] {
  const names = readdirSync(repositoryFile(`test/${folder}`), { recursive: true, encoding: "utf8" });
  const tests = names.filter((name) => name.endsWith(".test.ts")).sort();
  return tests.map((name) => repositoryFile(`dist/test/${folder}/${name.replace(/ts$/, "js")}`));
}

function table(outcomes: readonly Outcome[]): string {
  const row = (cells: readonly (string | number)[]) =>
    `  ${String(cells[0]).padEnd(12)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(9))
      .join("")}`;
  const lines = outcomes.map((o) => row([o.name, o.passed, o.failed, o.skipped, `${o.seconds.toFixed(1)} s`]));
  return [row(["suite", "passed", "failed", "skipped", "time"]), ...lines].join("\n");
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) {
  process.stderr.write(`no suite ${unknown.join(", ")}: there are ${SUITES.map(({ name }) => name).join(", ")}\n`);
  process.exit(2);
}
// What the tests write is read by a daemon that refuses what others can change, and in system tests by other accounts.
process.umask(0o022);
const folder = mkdtempSync(join(tmpdir(), "duogate-counts-"));
const chosen = SUITES.filter(({ name, slow }) => (wanted.length === 0 ? !slow : wanted.includes(name)));
const outcomes = chosen.map((suite) => runSuite(suite, join(folder, "counts.json")));
rmSync(folder, { recursive: true });
const total = (key: keyof Counts) => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
process.stdout.write(`\n${table(outcomes)}\n\n`);
process.stdout.write(`${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped\n`);
process.exitCode = total("failed") === 0 && total("passed") > 0 ? 0 : 1;
