// One configuration in force: which settings share a Duo service, and which terms each PAM service gets.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Generation } from "../../../../src/cli/daemon/generation.ts";
import { sameConnection, sameKeys } from "../../../../src/cli/daemon/same-connection.ts";
import type { DuoSettings } from "../../../../src/config/config.ts";
import { Secret } from "../../../../src/core/secret.ts";
import { KnownAddresses } from "../../../../src/duo/resolver.ts";
import type { DuoService } from "../../../../src/duo/service.ts";
import { noEvents } from "../../../support/duo-service.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { accepted, REQUIRED, SKEY } from "../../config/samples.ts";

const OTHER = `ikey = DIAAAAAAAAAAAAAAAAA1\nskey = ${SKEY.toLowerCase()}\n`;

function generation(sections: string, before?: Generation): Generation {
  // Nothing is sent: keep_warm = 0 keeps no connection, and nobody logs in.
  const config = accepted(`${REQUIRED}${sections}[gateway]\nkeep_warm = 0\nhostname = wks01\n`);
  return new Generation(
    config,
    { clock: new FakeClock(), version: "0.0.0", eventsOf: () => noEvents, known: new KnownAddresses() },
    before,
  );
}

function watchClose(duo: DuoService, closed: () => void): void {
  const { close } = duo;
  const told = () => {
    closed();
    return close();
  };
  Object.assign(duo, { close: told });
}

describe("a generation", () => {
  it("gives each service its own terms, and every other one [duo]'s", async () => {
    const one = generation("[service:sudo]\nprompts = 1\nsubject = caller\nfailmode = safe\n");
    const lease = one.lease();
    const sudo = lease.termsFor("sudo", "pam").policy;
    assert.deepEqual(
      [sudo.prompts, sudo.identity.subject, sudo.failmode, sudo.hostname],
      [1, "caller", "safe", "wks01"],
    );
    for (const service of ["sshd", "su", "sudo-i", "SUDO", "", "__proto__", "constructor"]) {
      const { policy } = lease.termsFor(service, "pam");
      assert.deepEqual([policy.prompts, policy.failmode], [3, "secure"], service);
    }
    lease.release();
    await one.retire();
  });

  it("has one Duo service for each application, not for each section", async () => {
    const one = generation(
      `[service:sudo]\nfailmode = safe\n[service:su]\n${OTHER}[service:su-l]\n${OTHER}groups = a\n`,
    );
    const lease = one.lease();
    const duoOf = (service: string) => lease.termsFor(service, "pam").duo;
    assert.equal(duoOf("sudo"), duoOf("sshd"));
    assert.equal(duoOf("su"), duoOf("su-l"));
    assert.notEqual(duoOf("su"), duoOf("sshd"));
    assert.notEqual(lease.termsFor("sshd", "login").duo, duoOf("sshd"), "login.sock has calls of its own");
    assert.equal(lease.termsFor("sshd", "login").duo, lease.termsFor("sudo", "login").duo);
    assert.deepEqual(
      one.members.map(({ connection, sections }) => [
        connection.settings.ikey,
        ...sections.map(({ name, failmode }) => `${name} ${failmode}`),
      ]),
      [
        [one.config.duo.ikey, "duo secure", "service:sudo safe"],
        ["DIAAAAAAAAAAAAAAAAA1", "service:su secure", "service:su-l secure"],
      ],
    );
    lease.release();
    await one.retire();
  });

  it("takes over the connections that did not change, and a retired one closes only what nobody else holds", async () => {
    const old = generation(`[service:su]\n${OTHER}`);
    const closed: string[] = [];
    for (const { connection, sections } of old.members)
      watchClose(connection.duo, () => closed.push(String(sections[0]?.name)));
    const lease = old.lease();
    const young = generation("[service:cron]\nprompts = 1\n", old);
    assert.equal(young.members[0]?.connection, old.members[0]?.connection);
    assert.deepEqual(
      young.members[0]?.sections.map(({ name }) => name),
      ["duo", "service:cron"],
    );
    await old.retire();
    assert.deepEqual(closed, [], "a login is still under way");
    lease.release();
    assert.deepEqual(closed, ["service:su"]);
    await young.retire();
    assert.deepEqual(closed, ["service:su", "duo"]);
  });
});

describe("sameConnection", () => {
  const { duo } = accepted(REQUIRED);
  const policy: readonly Partial<DuoSettings>[] = [
    { autopush: true },
    { prompts: 1 },
    { pushinfo: true },
    { groups: ["a"] },
    { acceptEnvFactor: true },
    { identity: { ...duo.identity, subject: "target" } },
    { fallbackLocalIp: true },
    { failmode: "safe" },
  ];
  const connection: readonly Partial<DuoSettings>[] = [
    { ikey: "DIAAAAAAAAAAAAAAAAA1" },
    { skey: new Secret(SKEY.toLowerCase()) },
    { host: "other.example" },
    { port: 8443 },
    { cafile: "/a.pem" },
    { caCertificates: ["a"] },
    { httpProxy: { host: "proxy", port: 80, credentials: undefined } },
    { connectTimeoutMs: 1 },
    { requestTimeoutMs: 1 },
    { bodyTimeoutMs: 1 },
    { pollTimeoutMs: 1 },
  ];
  for (const change of policy) {
    it(`${Object.keys(change)} is the login's affair`, () => assert.ok(sameConnection(duo, { ...duo, ...change })));
  }
  for (const change of connection) {
    it(`${Object.keys(change)} keeps apart`, () => {
      assert.ok(!sameConnection(duo, { ...duo, ...change }));
      assert.ok(!sameConnection({ ...duo, ...change }, duo));
      const again = change.skey === undefined ? structuredClone(change) : { skey: new Secret(SKEY.toLowerCase()) };
      assert.ok(sameConnection({ ...duo, ...change }, { ...duo, ...again }));
    });
  }

  it("keeps apart what an option that it does not know makes different", () => {
    assert.ok(!sameConnection(duo, Object.assign({ ...duo }, { unheardOf: 1 })));
  });

  it("knows every setting: each is in one of the lists above", () => {
    const listed = [...policy, ...connection].flatMap((change) => Object.keys(change));
    assert.deepEqual(
      Object.keys(duo).filter((name) => !listed.includes(name)),
      ["api"],
    );
  });
});

describe("sameKeys", () => {
  const config = (more: string) => accepted(`${REQUIRED}${more}`);
  const plain = config("");
  it("is about keys alone, of [duo] and of every service", () => {
    const other = config(`[service:sudo]\n${OTHER}`);
    assert.ok(sameKeys(plain, config("prompts = 1\n[service:sudo]\nautopush = yes\n")));
    assert.ok(!sameKeys(plain, other));
    assert.ok(!sameKeys(other, plain));
    assert.ok(sameKeys(other, config(`[service:su]\n${OTHER}`)));
    assert.ok(!sameKeys(other, config(`[service:sudo]\n${OTHER.replace(SKEY.toLowerCase(), SKEY)}`)));
  });
});
