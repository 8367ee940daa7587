// What a machine runs out of, and what its own filters and routes refuse, errno by errno: denied under failmode = safe, with
// nothing sent. And next to it what looks alike and is an outage. Each scene has a network namespace of its own.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { repositoryFile } from "../support/repository.ts";

const needsRoot = process.getuid?.() === 0 ? false : "needs root: namespaces, routes and rlimits of another process";

/** `capable`: with the right to ports below 1024, which the unit does not have and the scenes with a resolver need. */
async function play(name: string, argument = "", capable = false): Promise<Record<string, unknown>> {
  const scene = repositoryFile("dist/test/integration/local-trouble/play.js");
  const drop = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"];
  const args = ["--net", "--mount", "--", ...(capable ? [] : drop), process.execPath, scene, name, argument];
  const child = spawn("unshare", args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let text = "";
  for await (const bytes of child.stdout) text += String(bytes);
  const [code] = await exited;
  assert.equal(code, 0, `the scene ${name} ${argument} failed`);
  const value: unknown = JSON.parse(text);
  assert.ok(typeof value === "object" && value !== null);
  return { ...value };
}

const outcomeOf = async (name: string, argument?: string, capable?: boolean) =>
  String((await play(name, argument, capable))["outcome"]);
const fields = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};

describe("a whole login under failmode = safe, of a user whose phone says no", { skip: needsRoot }, () => {
  it("EADDRNOTAVAIL: a user has bound every port that the kernel gives out: Duo is asked from another one", async () => {
    const { logins } = await play("tcp-ports", "given-out");
    assert.ok(Array.isArray(logins) && logins.length === 2);
    for (const { code, requests, failure } of logins.map(fields)) {
      assert.notEqual(code, "PAM_SUCCESS");
      assert.ok(Number(requests) > 0 && failure === undefined, JSON.stringify(logins));
    }
  });

  it("EADDRNOTAVAIL: a user has bound every port, and the daemon may use those below 1024: Duo is asked", async () => {
    const { logins } = await play("tcp-ports", "all", true);
    assert.ok(Array.isArray(logins) && logins.length === 2);
    for (const { requests, failure } of logins.map(fields)) assert.ok(Number(requests) > 0 && failure === undefined);
  });

  it("EADDRNOTAVAIL: a user has bound every port: denied, nothing sent, and over as soon as the ports are free", async () => {
    const { logins, free } = await play("tcp-ports", "all");
    assert.ok(Array.isArray(logins));
    for (const login of logins.map(fields)) {
      const { code, reason, failure, stage, level, requests, rings, said } = login;
      assert.deepEqual(
        { code, reason, failure, stage, level, requests, rings },
        {
          code: "PAM_AUTH_ERR",
          reason: "local-trouble",
          failure: "local-trouble",
          stage: "connect",
          level: "error",
          requests: 0,
          rings: 0,
        },
      );
      assert.match(String(login["detail"]), /EADDRNOTAVAIL/);
      assert.deepEqual(said, ["This machine could not send the request to Duo. Contact your administrator."]);
    }
    // Nothing latched: Duo is asked again, and the phone says no.
    assert.notEqual(fields(free)["code"], "PAM_SUCCESS");
    assert.deepEqual([fields(free)["rings"], fields(free)["failure"]], [1, undefined]);
  });

  it("EMFILE: with no number of descriptors to spare is anybody let in", async () => {
    const { logins } = await play("descriptors");
    assert.ok(Array.isArray(logins) && logins.length === 12);
    const told = logins.map(fields);
    for (const login of told) assert.notEqual(login["code"], "PAM_SUCCESS", JSON.stringify(login));
    assert.ok(
      told.some(({ failure, detail }) => failure === "local-trouble" && /EMFILE/.test(String(detail))),
      JSON.stringify(told),
    );
  });
});

describe("a route or filter", { skip: needsRoot }, () => {
  for (const [type, expected] of [
    ["prohibit", /^local-trouble connect: .*EACCES/],
    ["blackhole", /^local-trouble connect: .*EINVAL/],
    // The way to Duo, and it says so.
    ["unreachable", /^connect-failed connect: .*EHOSTUNREACH/],
  ] as const) {
    it(`a route of type ${type}: ${expected.source}`, async () =>
      assert.match(await outcomeOf("route", type), expected));
  }

  it("no route at all is an outage: the machine has no way out, and no user without rights takes it away", async () => {
    assert.match(await outcomeOf("no-route"), /^connect-failed connect: .*ENETUNREACH/);
  });

  for (const [verdict, expected] of [
    ["REJECT --reject-with tcp-reset", /^connect-failed connect: .*ECONNREFUSED/],
    ["DROP", /^(local-trouble connect: .*EPERM|connect-timeout connect)/],
  ] as const) {
    it(`iptables ${verdict}`, async (t: TestContext) => {
      const played = await play("filter", verdict);
      if (typeof played["skipped"] === "string") return t.skip(played["skipped"]);
      assert.match(String(played["outcome"]), expected);
    });
  }

  it("a table of tracked connections that is full: silence that is no outage, for Duo and for the resolver", async (t) => {
    const { skipped, well, outcomes, lookUp } = await play("full-table");
    if (typeof skipped === "string") return t.skip(skipped);
    assert.equal(well, "answered");
    assert.ok(Array.isArray(outcomes) && outcomes.length === 2);
    const refused = /^local-trouble (connect|resolve): this machine refuses a datagram to itself: EPERM/;
    for (const outcome of [...outcomes, lookUp]) assert.match(String(outcome), refused);
  });

  it("EADDRNOTAVAIL because the machine has no IPv6 is no want of ports", async () => {
    const { refused, well } = await play("no-ipv6");
    assert.match(String(refused), /^connect-failed connect/);
    assert.equal(well, "answered");
  });

  it("of several addresses, one that this machine refused to try decides", async () => {
    const { first, last, both } = await play("mixed");
    assert.match(String(first), /^local-trouble connect: .*EACCES/);
    assert.match(String(last), /^local-trouble connect: .*EACCES/);
    assert.match(String(both), /^connect-failed connect: .*ECONNREFUSED/);
  });
});

describe("the resolver", { skip: needsRoot }, () => {
  for (const [answer, expected] of [
    ["address", /^answered$/],
    ["nxdomain", /^resolve-failed resolve: .*ENOTFOUND/],
    ["servfail", /^resolve-failed resolve: .*EAI_AGAIN/],
    ["empty", /^resolve-failed resolve: .*ENOTFOUND/],
    // Its port is closed: the kernel says so at once.
    ["nobody", /^resolve-failed resolve: .*EAI_AGAIN/],
    // Two look-ups of a second are within connect_timeout, or they are not.
    ["silent", /^(resolve-failed resolve: .*EAI_AGAIN|connect-timeout connect)/],
  ] as const) {
    it(`${answer}: ${expected.source}`, async () => assert.match(await outcomeOf("dns", answer, true), expected));
  }

  it("whatever it says or does not, the last good address is used", async () => {
    const answered = {
      well: "answered",
      nxdomain: "answered",
      servfail: "answered",
      empty: "answered",
      silent: "answered",
    };
    assert.deepEqual(await play("dns", "known", true), answered);
  });

  it("EAI_AGAIN because a user has bound every UDP port: local trouble, and none where an address is known", async () => {
    const { well, known, unknown, free } = await play("udp-ports", "", true);
    assert.match(String(unknown), /^local-trouble resolve: .*EADDRINUSE on a UDP socket/);
    assert.deepEqual([well, known, free], ["answered", "answered", "answered"]);
  });

  it("ENOTFOUND because there was no descriptor to read /etc/hosts with: local trouble", async () => {
    const { none, free } = await play("look-up-descriptors");
    assert.match(String(none), /^LocalTroubleError: .*EMFILE/);
    assert.match(String(free), /^[12] addresses$/);
  });
});
