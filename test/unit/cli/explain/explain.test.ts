// `duogate explain` as it is read: the steps, the lines they cite, and what it asks to be told.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serviceFacts } from "../../../../src/cli/doctor/machine-facts.ts";
import type { ServiceFacts } from "../../../../src/cli/doctor/pam-findings.ts";
import { EXIT } from "../../../../src/cli/exit-codes.ts";
import { explain } from "../../../../src/cli/explain/explain.ts";
import { type Asked, readTarget } from "../../../../src/cli/explain/question.ts";
import { explanationText } from "../../../../src/cli/explain/report.ts";
import type { SudoPart } from "../../../../src/cli/explain/sudo-step.ts";
import { originsFor } from "../../../../src/config/origins.ts";
import { FakeDirectory } from "../../../support/fake-directory.ts";
import { accepted, REQUIRED } from "../../config/samples.ts";

const ACCOUNTS = [
  { name: "root", uid: 0, groups: ["root"] },
  { name: "alice", uid: 1000, groups: ["alice", "staff"] },
  { name: "bob", uid: 1001, groups: ["bob", "wheel"] },
];
const TEXT = `${REQUIRED}groups = wheel
username_suffix = @example.org
[gateway]
login_users = alice:anna
[service:sudo]
failmode = safe
`;

async function ask(question: Partial<Asked>, text = TEXT, pam?: ServiceFacts, sudo?: SudoPart) {
  const asked = { user: "bob", service: "sshd", from: undefined, caller: undefined, duoUser: undefined };
  const whole = { ...asked, interactive: true, ...question };
  const result = await explain(whole, {
    config: accepted(text),
    originOf: originsFor(text, "/etc/duogate/duogate.conf", sudo?.service ?? whole.service),
    directory: new FakeDirectory(ACCOUNTS),
    serverAddress: () => Promise.resolve(undefined),
    pam,
    sudo,
    askPreauth: undefined,
  });
  return result.ok ? { ...result.value, text: explanationText(result.value.explanation) } : result.error;
}

function stack(...lines: readonly string[]): ServiceFacts {
  const text = `${lines.join("\n")}\n`;
  const file = { kind: "file", path: "/etc/pam.d/su", text } as const;
  const source = {
    open: (name: string) => (name === "su" ? file : ({ kind: "none" } as const)),
    services: () => ["su"],
  };
  return serviceFacts("su", source);
}

async function told(question: Partial<Asked>, text?: string, sudo?: SudoPart) {
  const answer = await ask(question, text, undefined, sudo);
  assert.ok(typeof answer !== "string", String(answer));
  return answer;
}

describe("duogate explain", () => {
  it("lets by who is outside the groups, and names the line", async () => {
    const { code, explanation, text } = await told({ user: "alice" });
    assert.equal(code, EXIT.ok);
    assert.deepEqual(explanation.outcome, {
      kind: "ended",
      verdict: "allow",
      reason: "outside-groups",
      pam: "PAM_SUCCESS",
    });
    assert.match(text, /groups +need not pass: in none .* \(the user's are: alice, staff\)\n +\[\S+\.conf:6: groups\]/);
    assert.match(text, /\nLet in without a factor: allow, outside-groups \(PAM_SUCCESS\)$/);
  });

  it("says as whom Duo would be asked, and what an outage would mean", async () => {
    const { code, explanation, text } = await told({ from: "203.0.113.5" });
    assert.equal(code, EXIT.undecided);
    assert.deepEqual(explanation.outcome, { kind: "duo-decides", username: "bob@example.org" });
    assert.match(text, /name +bob@example\.org, made from .*\n +\[\S+:7: username_suffix\]/);
    assert.match(text, /address +203\.0\.113\.5 is told to Duo/);
    assert.match(text, /outage +if Duo cannot be reached: refused \(PAM_AUTHINFO_UNAVAIL\).*\n +\[\S+:5: failmode\]/);
    assert.equal(explanation.outage?.before.reason, "failmode-secure");
  });

  it("takes the service's own lines before those of [duo]", async () => {
    const { explanation, text } = await told({ service: "sudo" });
    assert.match(text, /if Duo cannot be reached: let in without Duo \(PAM_SUCCESS\).*\n +\[\S+:11: failmode\]/);
    assert.deepEqual(explanation.outage?.before.verdict, "allow");
  });

  it("wants to know who types su to root, and only then", async () => {
    assert.match(String(await ask({ user: "root", service: "su" })), /add --caller USER/);
    const { explanation } = await told({ user: "root", service: "su", caller: "bob" });
    assert.deepEqual(explanation.outcome, { kind: "duo-decides", username: "bob@example.org" });
    assert.equal((await told({ user: "bob", service: "su" })).code, EXIT.undecided);
    assert.match(String(await ask({ user: "root", service: "su", caller: "nobody-here" })), /could not be looked up/);
  });

  it("judges login_duogate's names as its door does", async () => {
    const permitted = await told(
      { user: "alice", service: "login_duogate", duoUser: "anna" },
      TEXT.replace("wheel", "staff"),
    );
    assert.deepEqual(permitted.explanation.outcome, { kind: "duo-decides", username: "anna" });
    const refused = await told({ user: "bob", service: "login_duogate", duoUser: "anna" });
    assert.equal(refused.code, EXIT.denied);
    assert.match(refused.text, /Refused: deny, mapping-not-allowed \(PAM_AUTH_ERR\)/);
    const other = await told({ user: "alice", service: "login_duogate", caller: "bob" });
    assert.match(other.text, /Refused: deny, not-own-account \(PAM_AUTH_ERR\)/);
    const unbelieved = await told({ user: "bob", service: "login_duogate", from: "203.0.113.5" });
    assert.match(unbelieved.text, /203\.0\.113\.5 is not told to Duo: the user's own process says it/);
  });

  it("refuses a user whom the machine does not know, as a login does", async () => {
    const { code, text } = await told({ user: "mallory" });
    assert.equal(code, EXIT.denied);
    assert.match(text, /Refused: deny, unknown-user/);
  });

  it("says by which PAM line the login comes to duogate, who gets past it, and that another stack does not ask", async () => {
    const su = { user: "bob", service: "su" };
    const asked = await ask(
      su,
      TEXT,
      stack("auth sufficient pam_rootok.so", "auth required pam_unix.so", "auth required pam_duogate.so"),
    );
    assert.ok(typeof asked !== "string");
    assert.match(
      asked.text,
      /pam +the service's PAM stack asks duogate; whom \/etc\/pam\.d\/su:1 lets in is not asked/,
    );
    assert.match(asked.text, /a daemon that does not answer refuses\n +\[\/etc\/pam\.d\/su:3: pam_duogate\.so\]/);
    const safe = await ask(su, TEXT, stack("auth required pam_unix.so", "auth required pam_duogate.so failmode=safe"));
    assert.match(typeof safe === "string" ? "" : safe.text, /does not answer lets in \(failmode=safe there\)/);
    const unasked = await ask(su, TEXT, stack("auth required pam_unix.so"));
    assert.ok(typeof unasked !== "string");
    assert.match(
      unasked.text,
      /no line of su's PAM stack asks duogate[\s\S]*\nAs it is, su does not ask duogate\. If it did:\nDuo/,
    );
    assert.equal(unasked.explanation.asksDuogate, false);
  });

  it("goes through the PAM service and asks for the factor that sudoers says", async () => {
    const part = (lines: Partial<SudoPart>) => ({ steps: [], service: "sudo", user: "alice", asks: true, ...lines });
    const rows: readonly (readonly [Partial<SudoPart>, string, string, boolean])[] = [
      [{ service: "sudo", user: "bob" }, "sudo", "bob@example.org", true],
      [{ service: "sudo-b", user: "bob" }, "sudo-b", "bob@example.org", true],
      [{ user: "bob", asks: false }, "sudo", "bob@example.org", false],
    ];
    for (const [sudo, service, username, asks] of rows) {
      const { explanation } = await told({ user: "alice", service: "sudo" }, undefined, part(sudo));
      assert.deepEqual(explanation.outcome, { kind: "duo-decides", username });
      assert.deepEqual([explanation.user, explanation.service, explanation.asksDuogate], ["alice", service, asks]);
    }
    const caller = await told(
      { user: "bob", service: "sudo" },
      TEXT.replace("failmode = safe", "subject = caller"),
      part({ user: "root" }),
    );
    assert.deepEqual(caller.explanation.outcome, { kind: "duo-decides", username: "bob@example.org" });
  });

  it("shows nothing raw of what came from outside", async () => {
    const { text } = await told({ user: "a\x1b[2Jb", from: "x\x1b[2J" });
    assert.ok(!text.includes("\x1b"), text);
  });
});

describe("readTarget", () => {
  it("splits at the last @", () => {
    assert.deepEqual(readTarget("alice@example.org@sshd"), {
      ok: true,
      value: { user: "alice@example.org", service: "sshd" },
    });
    for (const bad of ["alice", "@sshd", "alice@", "alice@SSHD", "alice@/etc/x"])
      assert.equal(readTarget(bad).ok, false, bad);
  });
});
