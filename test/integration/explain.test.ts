// `duogate explain --online` against the emulator, through the command line: Duo's preauth is asked, nobody's phone rings, and
// the exit code is what a script can act on.

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { after, before, test } from "node:test";
import { secretInput } from "../../src/cli/api/secret-input.ts";
import { runCommand } from "../../src/cli/commands/program.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { configText, type DuoPlace } from "../support/gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-explain-"));
const config = join(folder, "duogate.conf");
let duo: Emulator;

before(async () => {
  duo = await startEmulator();
});
after(async () => {
  await duo.close();
  rmSync(folder, { recursive: true });
});

function write(place: DuoPlace, lines: readonly string[] = []): void {
  writeFileSync(config, configText({ duo: place, duoLines: lines }, folder));
  chmodSync(config, 0o600);
}

async function explain(args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  let code = -1;
  await runCommand(["explain", ...args, "--config", config], {
    version: "0.0.0",
    env: {},
    secrets: secretInput(() => Readable.from([]), new PassThrough()),
    print: (line) => out.push(line),
    complain: (line) => err.push(line),
    finish: (ended) => {
      code = ended;
    },
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

const ROWS: readonly (readonly [user: string, code: number, says: RegExp])[] = [
  ["alice", EXIT.undecided, /Duo wants a factor, by: Duo Push to .*\n.*shows the menu and waits; up to 3 attempts/],
  ["carol", EXIT.ok, /Duo says allow.*[\s\S]*Let in without a factor: allow, duo-bypass/],
  ["dave", EXIT.denied, /the user reads: .*[\s\S]*Refused: deny, not-enrolled \(PAM_AUTH_ERR\)/],
  ["frank", EXIT.denied, /Duo says deny.*[\s\S]*Refused: deny, duo-denied/],
];
for (const [user, code, says] of ROWS) {
  test(`${user} is judged by Duo's answer, and no phone rings`, async () => {
    write(duo);
    const ran = await explain([`${user}@sshd`, "--online", "--from", "203.0.113.5"]);
    assert.deepEqual([ran.code, ran.err], [code, ""], ran.out);
    assert.match(ran.out, says);
    assert.deepEqual([duo.pushes.length, duo.requests.filter(({ endpoint }) => endpoint === "auth").length], [0, 0]);
  });
}

test("without --online Duo is not asked", async () => {
  write(duo);
  duo.reset();
  const { code, out } = await explain(["alice@sshd", "--json"]);
  assert.equal(code, EXIT.undecided);
  assert.deepEqual(JSON.parse(out).outcome, { kind: "duo-decides", username: "alice" });
  assert.equal(duo.requests.length, 0);
});

test("a Duo that is away is told with what failmode makes of it", async () => {
  write({ ...duo, host: "127.0.0.1:9" }, ["connect_timeout = 500ms"]);
  const { code, out } = await explain(["alice@sshd", "--online"]);
  assert.equal(code, EXIT.unreachable);
  assert.match(out, /connect-failed.*an outage, so failmode decides\n +\[.*: failmode\]/);
  assert.match(out, /Refused: unavailable, failmode-secure \(PAM_AUTHINFO_UNAVAIL\)/);
});

test("what makes no sense is said in words", async () => {
  write(duo);
  const target = await explain(["alice"]);
  assert.deepEqual([target.code, /alice@sshd/.test(target.err)], [EXIT.usage, true]);
  writeFileSync(config, "[duo]\nskey = THISISSECRETTHISISSECRETTHISISSECRET1234\n", { mode: 0o600 });
  const broken = await explain(["alice@sshd"]);
  assert.equal(broken.code, EXIT.invalid);
  assert.doesNotMatch(broken.err, /THISISSECRET/);
});
