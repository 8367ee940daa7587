// Whom Duo is asked for by service, which names may be sent, and what a service shows at once.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serviceProfile } from "../../../src/policy/service-profile.ts";
import { isUsableName, subjectRule } from "../../../src/policy/subject.ts";

describe("subjectRule", () => {
  for (const service of ["su", "su-l"]) {
    it(`${service}: the caller, when the target is root`, () =>
      assert.equal(subjectRule(service, "default"), "caller-if-root"));
  }
  const others = ["sshd", "sudo", "sudo-i", "login", "runuser", "su-something", "SU", "su ", ""];
  for (const service of others) {
    it(`${JSON.stringify(service)}: PAM_USER`, () => assert.equal(subjectRule(service, "default"), "user"));
  }
  for (const service of ["su", "su-l", ...others]) {
    it(`${JSON.stringify(service)}: as the configuration says`, () => {
      assert.deepEqual([subjectRule(service, "caller"), subjectRule(service, "target")], ["caller", "user"]);
    });
  }
});

describe("isUsableName", () => {
  for (const name of ["alice", "a.b@example.com", "DOM\\alice", "jürgen", "alice smith", "-x"]) {
    it(`${JSON.stringify(name)} may be sent`, () => assert.ok(isUsableName(name)));
  }
  for (const name of [
    "",
    " ",
    "\t",
    "a\nb",
    "a\0b",
    "a\x1b[m",
    "a\u202eb",
    "a\u200bb",
    "a\u2028b",
    "\ud800",
    "a\x9b",
    "a".repeat(257),
    "é".repeat(129),
  ]) {
    it(`${JSON.stringify(name)} may not`, () => assert.ok(!isUsableName(name)));
  }
});

describe("serviceProfile", () => {
  it("knows which prompts can be replaced", () => {
    for (const service of ["sudo", "sudo-i", "sudo-askpass"]) assert.ok(serviceProfile(service).replacesPrompts);
    for (const service of ["su", "sshd", "login", "sudoers"]) assert.ok(!serviceProfile(service).replacesPrompts);
  });

  it("knows that sshd holds messages back", () => {
    assert.equal(serviceProfile("sshd").showsInfoAtOnce, false);
    for (const service of ["sudo", "su", "login", "sshd2"]) assert.ok(serviceProfile(service).showsInfoAtOnce);
  });
});
