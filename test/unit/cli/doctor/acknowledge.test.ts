// Findings that root has acknowledged: which line does it, what it holds for, and what is said of lines that hold for nothing.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { acknowledge, subjectOf } from "../../../../src/cli/doctor/acknowledge.ts";
import { parseEntries, readEntries } from "../../../../src/cli/doctor/acknowledged.ts";
import { at, danger, type Finding, note, warning, worst } from "../../../../src/cli/doctor/finding.ts";
import { reportJson, reportText } from "../../../../src/cli/doctor/report.ts";
import { sshdFindings } from "../../../../src/cli/doctor/sshd-findings.ts";
import { parseSshdSettings } from "../../../../src/host/sshd.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-acknowledged-"));
after(() => rmSync(folder, { recursive: true }));

const NOW = Date.parse("2026-11-26T10:00:00Z");
const EVERYWHERE = { everywhere: true, nowMs: NOW };

/** What doctor finds in a Match block with these methods. */
function block(methods: string, label = "Match User deploy"): readonly Finding[] {
  const settings = parseSshdSettings(`usepam yes\nkbdinteractiveauthentication yes\nauthenticationmethods ${methods}`);
  return sshdFindings(settings, { asksDuo: true, loginMs: 100_000, label });
}

function entries(...lines: readonly string[]) {
  return parseEntries(lines.join("\n"), "/etc/duogate/acknowledged", NOW);
}

const DEPLOY = 'sshd-bypass "Match User deploy: publickey" 2026-11-26 the pipeline\'s account';

describe("an acknowledgement", () => {
  it("is the line that doctor prints, with a reason", () => {
    const [open] = acknowledge(block("publickey"), [], EVERYWHERE);
    assert.equal(open?.acknowledge, 'sshd-bypass "Match User deploy: publickey" 2026-11-26 REASON');
    assert.match(
      reportText([open], false),
      /\n +if meant: sshd-bypass "Match User deploy: publickey" 2026-11-26 REASON\n/,
    );
    assert.equal(worst([open]), "danger");
    const { entries: given, faults } = entries(
      "# why",
      "",
      open.acknowledge.replace("REASON", "the pipeline's account"),
    );
    assert.deepEqual(faults, []);
    const told = acknowledge(block("publickey"), given, EVERYWHERE);
    assert.deepEqual(told[0]?.acknowledged, { date: "2026-11-26", reason: "the pipeline's account" });
    assert.deepEqual([told.length, worst(told), told[0]?.remedy], [1, "ok", undefined]);
    const text = reportText(told, false);
    assert.match(
      text,
      /^meant +sshd +Match User deploy: .*\n +a danger, acknowledged 2026-11-26: the pipeline's account\n/,
    );
    assert.match(text, /0 dangers, 0 warnings, 0 notes, 0 ok, 1 acknowledged$/);
    assert.equal(JSON.parse(reportJson(told)).findings[0].acknowledged.date, "2026-11-26");
  });

  it("holds for exactly what it names", () => {
    const { entries: given } = entries(DEPLOY);
    const rows: readonly (readonly [readonly Finding[], string])[] = [
      [block("publickey"), "ok"],
      [block("none"), "danger"],
      [block("publickey publickey,publickey"), "danger"],
      [block("publickey", "Match User deploy,bob"), "danger"],
      [block("publickey", ""), "danger"],
      [[...block("publickey"), ...block("publickey", "Match User root")], "danger"],
    ];
    for (const [findings, expected] of rows) {
      const told = acknowledge(findings, given, { ...EVERYWHERE, everywhere: false });
      assert.equal(worst(told), expected, findings[0]?.seen);
    }
  });

  it("that fits nothing any more is a warning, where everything was looked at", () => {
    const { entries: given } = entries(DEPLOY);
    const told = acknowledge(block("none"), given, EVERYWHERE);
    const stale = told.find(({ id }) => id === "acknowledged-stale");
    assert.deepEqual([stale?.level, stale?.place], ["warning", "/etc/duogate/acknowledged:1"]);
    assert.match(stale?.seen ?? "", /of this id there is "Match User deploy: none"/);
    assert.deepEqual(acknowledge([], given, { ...EVERYWHERE, everywhere: false }), []);
  });

  it("is asked about again after a year", () => {
    const { entries: given } = entries(DEPLOY.replace("2026", "2025"));
    assert.equal(acknowledge(block("publickey"), given, EVERYWHERE).length, 1);
    const later = acknowledge(block("publickey"), given, { ...EVERYWHERE, nowMs: NOW + 86_400_000 * 3 });
    assert.deepEqual(
      later.map(({ id, level }) => `${level} ${id}`),
      ["danger sshd-bypass", "note acknowledged-old"],
    );
  });

  it("holds for a continued PAM line with all of it", () => {
    mkdirSync(join(folder, "continued/pam.d"), { recursive: true });
    const file = join(folder, "continued/pam.d/sshd");
    const passes = () => ({ ...warning("pam sshd", "pam-rule-passes", "a rule", "remove"), place: `${file}:1` });
    writeFileSync(file, "auth sufficient \\\n  pam_succeed_if.so \\\n  user = backup\nauth required x.so\n");
    const before = subjectOf(passes());
    assert.equal(before, `sshd: ${file}: auth sufficient pam_succeed_if.so user = backup`);
    writeFileSync(file, "auth sufficient \\\n  pam_succeed_if.so \\\n  uid >= 0\nauth required x.so\n");
    assert.notEqual(subjectOf(passes()), before);
  });

  it("cannot be had for what nobody means", () => {
    const broken = [
      danger("sshd", "sshd-broken", "sshd would not start", "correct it"),
      danger("sockets", "socket-stranger", "somebody else listens", "stop it"),
      danger("pam sshd", "pam-file-loose", "others can write it", "chmod"),
      danger("pam sshd", "pam-rings-after-failure", "strangers", "write requisite"),
      danger("sshd", "sshd-rings-first", "strangers", "write publickey first"),
    ];
    for (const finding of broken) {
      const { entries: given } = entries(`${finding.id} "${subjectOf(finding)}" 2026-11-26 please`);
      const told = acknowledge([finding], given, EVERYWHERE);
      assert.deepEqual([told[0]?.acknowledge, told[0]?.acknowledged], [undefined, undefined], finding.id);
      assert.equal(told[1]?.id, "acknowledged-refused");
    }
    const [one] = acknowledge([note("sshd", "sshd-root", "root cannot")], [], EVERYWHERE);
    assert.equal(one?.acknowledge, undefined);
  });

  it("quotes PAM lines, which may move, and never the configuration", () => {
    mkdirSync(join(folder, "pam.d"));
    const file = join(folder, "pam.d/sudo");
    writeFileSync(file, "# first\nauth   sufficient\tpam_own.so\n");
    const bypass = at({ file, line: 2 }, danger("pam sudo", "pam-bypass", "past it", "move it"));
    assert.equal(subjectOf(bypass), `sudo: ${file}: auth sufficient pam_own.so`);
    const shared = { ...bypass, area: "pam", seen: "past it (pam_own succeeds) (sshd, sudo)" };
    assert.equal(subjectOf(shared), `sshd, sudo: ${file}: auth sufficient pam_own.so`);
    const secret = join(folder, "duogate.conf");
    writeFileSync(secret, "skey = never-shown\n");
    assert.equal(subjectOf(at({ file: secret, line: 1 }, warning("pam x", "pam-y", "z", "w"))), "pam x");
  });
});

describe("the file", () => {
  it("has lines that acknowledge nothing, each with its place", () => {
    const bad = [
      "sshd-bypass Match User deploy 2026-11-26 no quotes",
      'sshd-bypass "x" 2026-11-26',
      'sshd-bypass "x" 2026-02-30 no such day',
      'sshd-bypass "x" 2027-11-26 tomorrow',
      'sshd-bypass "x 2026-11-26 reason',
    ];
    const { entries: given, faults } = entries(...bad);
    assert.deepEqual(given, []);
    assert.deepEqual(
      faults.map(({ id, place }) => `${id} ${place}`),
      bad.map((_, i) => `acknowledged-malformed /etc/duogate/acknowledged:${i + 1}`),
    );
  });

  it("keeps quotes and backslashes", () => {
    const seen = { ...danger("sshd", "sshd-bypass", "x", "y"), subject: 'Match User "a\\b"' };
    const [open] = acknowledge([seen], [], EVERYWHERE);
    const { entries: given } = entries(open?.acknowledge ?? "");
    assert.equal(given[0]?.subject, seen.subject);
  });

  it("counts for nothing where others could have written it", async () => {
    const file = join(folder, "acknowledged");
    assert.deepEqual(await readEntries(file, NOW), { entries: [], faults: [] });
    writeFileSync(file, `${DEPLOY}\n`);
    chmodSync(file, 0o644);
    assert.equal((await readEntries(file, NOW)).entries.length, 1);
    chmodSync(file, 0o664);
    const open = await readEntries(file, NOW);
    assert.deepEqual(
      [open.entries.length, open.faults[0]?.level, open.faults[0]?.id],
      [0, "danger", "acknowledged-refused"],
    );
    symlinkSync(file, join(folder, "link"));
    assert.equal((await readEntries(join(folder, "link"), NOW)).faults[0]?.id, "acknowledged-refused");
  });
});
