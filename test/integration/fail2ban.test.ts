// conf/fail2ban against lines that the code itself writes, judged by fail2ban's own tool. Debian's package fail2ban has it;
// without it the tests say so and are skipped.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { LoginNote } from "../../src/core/note.ts";
import { aborted, allowApproved, deny, type Verdict } from "../../src/core/verdict.ts";
import { createGatewayLog } from "../../src/gateway/audit-log.ts";
import { emptyRecord } from "../../src/login/record.ts";
import { type Audit, createAudit, type Decision } from "../../src/telemetry/audit.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { withDuoUnixLines } from "../../src/telemetry/syslog.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { setStage } from "../support/pam-stage.ts";
import { repositoryFile } from "../support/repository.ts";

const TOOL = "fail2ban-regex";
const FILTER = repositoryFile("conf/fail2ban/filter.d/duogate.conf");
const missing = spawnSync(TOOL, ["--version"]).error !== undefined;
const skip = missing ? "fail2ban-regex is not here: install Debian's package fail2ban" : false;

const BASE: Decision = {
  verdict: allowApproved(),
  transaction: "3f2c9a10-77aa",
  user: "alice",
  service: "sshd",
  rhost: "203.0.113.5",
  address: "203.0.113.5",
  tty: "ssh",
  callerUid: 0,
  peerPid: 4711,
  factor: "push",
  attempts: 1,
  pushes: 1,
  durationMs: 5,
};
const FAILED: LoginNote = { kind: "attempt-failed", status: "deny" };
const USED_UP: Verdict = { kind: "max-tries", reason: "prompts-used-up" };
const USER = `x' from 198.51.100.1: "rhost":"198.51.100.2","reason":"duo-denied"`;

/** What happens, and whom fail2ban must find in the JSON and in Duo Unix's words. */
const ROWS: readonly (readonly [name: string, Partial<Decision>, json: readonly string[], words: readonly string[]])[] =
  [
    ["a refusal", { verdict: deny("fraud-reported") }, ["203.0.113.5"], ["203.0.113.5"]],
    [
      "IPv6",
      { verdict: deny("fraud-reported"), rhost: "2001:db8::1", address: "2001:db8::1" },
      ["2001:db8::1"],
      ["2001:db8::1"],
    ],
    ["three attempts", { verdict: USED_UP, notes: [FAILED, FAILED] }, ["203.0.113.5"], ["203.0.113.5", "203.0.113.5"]],
    ["a refusal, then the right passcode", { notes: [FAILED] }, [], ["203.0.113.5"]],
    ["a refusal by Duo's policy", { verdict: deny("duo-denied"), duoStatus: "Denied" }, [], []],
    ["success", {}, [], []],
    ["the user's own end", { verdict: aborted("user-cancelled") }, [], []],
    ["a full house", { verdict: aborted("helper-gone") }, [], []],
    ["no address", { verdict: deny("fraud-reported"), rhost: undefined, address: undefined }, [], []],
    ["a name for an address", { verdict: deny("fraud-reported"), rhost: "host.example", address: undefined }, [], []],
    [
      "an address that the user chose",
      { verdict: deny("fraud-reported"), rhost: "198.51.100.1", rhostTrusted: false, address: undefined },
      [],
      [],
    ],
    ["a hostile name", { verdict: deny("fraud-reported"), user: USER }, ["203.0.113.5"], ["203.0.113.5"]],
    ["a hostile name that got in", { user: USER, duoUser: USER }, [], []],
    [
      "a hostile name without an address",
      { verdict: deny("fraud-reported"), user: USER, rhost: undefined, address: undefined },
      [],
      [],
    ],
  ];

interface Written {
  readonly json: readonly string[];
  readonly words: readonly string[];
}

function write(decision: Partial<Decision>): Written {
  return linesOf((audit) => audit.decision({ ...BASE, ...decision }));
}

function linesOf(use: (audit: Audit) => void): Written {
  const json: string[] = [];
  const words: string[] = [];
  const clock = { now: () => 0, wallMs: () => Date.now(), after: () => ({ cancel: () => undefined }) };
  const logger = createLogger({ level: "info", destination: { write: (line) => void json.push(line) }, clock });
  const audit = withDuoUnixLines(createAudit(logger), {
    clock,
    wanted: () => true,
    host: () => "api-1.example.org",
    // As rsyslog writes the datagram to a file.
    send: (line) => words.push(line.replace(/^<\d+>(\w{3} .{11}) /, "$1 bastion ")) > 0,
    onChange: () => undefined,
  });
  use(audit);
  return { json, words };
}

/** The addresses that the filter finds, one for each line that it matches. */
function found(lines: readonly string[], filter: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "duogate-fail2ban-"));
  const log = join(folder, "log");
  writeFileSync(log, lines.map((line) => `${line.trimEnd()}\n`).join(""));
  const ran = spawnSync(TOOL, ["--out", "ip", log, filter], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  assert.equal(ran.error, undefined);
  assert.doesNotMatch(ran.stderr, /error|traceback/i, ran.stderr);
  return ran.stdout.split("\n").filter((line) => line !== "");
}

describe("the fail2ban filter", { skip }, () => {
  for (const [name, decision, json, words] of ROWS) {
    it(`${name}: ${json.length} in JSON, ${words.length} in Duo Unix's words`, () => {
      const lines = write(decision);
      assert.deepEqual(found(lines.json, FILTER), json);
      assert.deepEqual(
        found(
          lines.json.map((line) => `Nov 21 20:31:23 bastion duogate[7]: ${line}`),
          FILTER,
        ),
        json,
      );
      assert.deepEqual(found(lines.words, `${FILTER}[mode=duo_unix]`), words);
    });
  }

  it("a local user of login.sock gets no address banned, trust_login_address or not", async (t) => {
    for (const trust of ["yes", "no"]) {
      const { daemon, emulator } = await setStage(t, { gatewayLines: [`trust_login_address = ${trust}`] });
      const own = userInfo().username;
      emulator.setUser(own, { status: "disabled" });
      const helper = await HelperClient.connect(daemon.loginSocket);
      helper.send(start({ user: own, service: "login_duogate", rhost: "198.51.100.1" }));
      await helper.nextOf("verdict");
      const line = await daemon.event("decision");
      assert.equal(line["rhost"], "198.51.100.1");
      assert.equal(line["reason"], "duo-denied");
      // That such a line with a refused factor would ban, were the address root's word.
      const refused = { ...line, reason: "fraud-reported" };
      const { rhost_trusted: _mark, ...unmarked } = refused as typeof line;
      assert.deepEqual(found([JSON.stringify(unmarked)], FILTER), ["198.51.100.1"]);
      assert.deepEqual(found([JSON.stringify(refused)], FILTER), [], `trust_login_address = ${trust}`);
    }
  });

  it("nor in Duo Unix's words", () => {
    const said = { interactive: true, showsMessages: true, callerUid: 1000, budgetMs: 1 };
    const { json, words } = linesOf((audit) =>
      createGatewayLog(audit).decision({
        transaction: "t-1",
        door: "login",
        peer: { pid: 1, uid: 1000 },
        // As with trust_login_address = yes.
        facts: { user: "alice", service: "login_duogate", rhost: "198.51.100.1", rhostTrusted: true, ...said },
        verdict: deny("duo-denied"),
        record: { ...emptyRecord(), address: "198.51.100.1", attempts: 1 },
        durationMs: 1,
      }),
    );
    assert.equal(words.length, 1);
    assert.deepEqual([found(json, FILTER), found(words, `${FILTER}[mode=duo_unix]`)], [[], []]);
  });

  it("finds what Duo Unix itself writes", () => {
    const line =
      "Nov 21 20:31:23 bastion sshd[99]: Failed Duo login for 'bob' from 198.51.100.9: Login request denied.";
    assert.deepEqual(found([line, line.replace("Failed", "Successful")], `${FILTER}[mode=duo_unix]`), ["198.51.100.9"]);
  });
});
