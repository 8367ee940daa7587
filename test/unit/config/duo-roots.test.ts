// conf/duo-roots.pem says of each certificate what it is, where it comes from, its fingerprint and its end; here the file
// is held to that. Then: which certificates a configuration trusts, and when it warns.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { z } from "zod";
import { loadConfig } from "../../../src/config/load.ts";
import { formatProblems } from "../../../src/config/problem.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { repositoryFile } from "../../support/repository.ts";
import { brief, REQUIRED, withDuo } from "./samples.ts";

// The first twelve digits of SHA-256, as documented of the bundle in Duo's clients.
const DOCUMENTED = [
  ...["8ECDE6884F3D", "1BA5B2AA8C65", "18CE6CFE7BF1", "E35D28419ED0", "568D6905A2C8", "2CE1CB0BF9D2", "7431E5F4C3C1"],
  ...["018E13F07725", "371A00DC0533", "4FA3126D8D3A", "CBB9C44D84B8", "8D25CD97229D", "349DFA4058C5", "5D56499BE4D2"],
  "983D826BA9C8",
];
const SYSTEM_STORE = "/etc/ssl/certs/ca-certificates.crt";
const DAY_MS = 24 * 60 * 60 * 1000;
/** The first of the set to expire: DigiCert High Assurance EV Root CA. */
const FIRST_END = Date.UTC(2031, 10, 10);

const text = readFileSync(repositoryFile("conf/duo-roots.pem"), "utf8");
const entry = /# (.+)\n# from: (\S+)\n# sha256: ([0-9A-F]{64})\n# expires: (\S+)\n(-----BEGIN[^#]+)/g;
const entries = [...text.matchAll(entry)].map(([, name = "", from, sha256, expires, pem = ""]) => ({
  name,
  from,
  sha256,
  expires,
  certificate: new X509Certificate(pem),
}));

describe("conf/duo-roots.pem", () => {
  it("has the documented certificates and no others", () => {
    assert.equal(text.split("-----BEGIN").length - 1, entries.length);
    assert.deepEqual(
      entries.map(({ certificate }) => certificate.fingerprint256.replaceAll(":", "").slice(0, 12)),
      DOCUMENTED,
    );
  });

  it("has what Duo's own client pins, certificate by certificate", () => {
    const pinned: unknown = createRequire(import.meta.url)("@duosecurity/duo_api/lib/constants.js");
    const bundle = z.object({ DUO_PINNED_CERT: z.string() }).parse(pinned).DUO_PINNED_CERT;
    const pems = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    const theirs = pems.map((pem) => new X509Certificate(pem).raw.toString("base64"));
    assert.equal(theirs.length, 15);
    assert.deepEqual(entries.map(({ certificate }) => certificate.raw.toString("base64")).sort(), theirs.sort());
  });

  for (const { name, sha256, expires, from, certificate } of entries) {
    it(`says of ${name} what is true`, () => {
      const common = /CN=(.*)/.exec(certificate.subject)?.[1] ?? "";
      assert.equal(common.replace("Certificate Authority", "CA"), name);
      assert.equal(certificate.fingerprint256.replaceAll(":", ""), sha256);
      assert.equal(new Date(certificate.validTo).toISOString().slice(0, 10), expires);
      assert.ok(certificate.ca && certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey));
      assert.match(from ?? "", /^(?:mozilla\/|@duosecurity\/duo_api@1\.5\.0$)/);
    });
  }
});

describe("what is trusted", () => {
  let folder = "";
  let file = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "duogate-roots-"));
    file = join(folder, "duogate.conf");
  });
  after(() => rm(folder, { recursive: true }));

  async function load(config: string, wallMs = Date.UTC(2026, 10, 21)) {
    await writeFile(file, config, { mode: 0o600 });
    const clock: Clock = { now: () => 0, wallMs: () => wallMs, after: () => ({ cancel: () => undefined }) };
    return await loadConfig(file, { clock });
  }

  it("is duogate's own set without a cafile line", async () => {
    const loaded = await load(REQUIRED);
    assert.ok(loaded.ok);
    assert.equal(loaded.value.duo.caCertificates.length, DOCUMENTED.length);
    assert.deepEqual(loaded.value.warnings, []);
  });

  it("is warned of 90 days before one ends, with its name and date", async () => {
    const before91 = await load(REQUIRED, FIRST_END - 91 * DAY_MS);
    assert.deepEqual(before91.ok && before91.value.warnings, []);
    const before89 = await load(REQUIRED, FIRST_END - 89 * DAY_MS);
    assert.ok(before89.ok);
    assert.match(
      formatProblems(before89.value.warnings),
      /duo-roots\.pem: the certificate ".*DigiCert High Assurance EV Root CA" expires on 2031-11-10; install a newer/,
    );
  });

  it("is refused once every certificate has ended", async () => {
    const loaded = await load(REQUIRED, Date.UTC(2050, 0, 1));
    assert.deepEqual(loaded.ok ? [] : brief(loaded.error), ["- expired-certificate cafile"]);
  });

  const noStore = existsSync(SYSTEM_STORE) ? false : `this machine has no ${SYSTEM_STORE}`;
  it("is the machine's store with cafile = system, without a warning for each of its certificates", {
    skip: noStore,
  }, async () => {
    const loaded = await load(withDuo("cafile = system"), FIRST_END);
    assert.ok(loaded.ok);
    const count = readFileSync(SYSTEM_STORE, "utf8").split("-----BEGIN").length - 1;
    assert.equal(loaded.value.duo.caCertificates.length, count);
    assert.deepEqual(loaded.value.warnings, []);
  });

  it("is no other word than system", async () => {
    const loaded = await load(withDuo("cafile = System"));
    assert.deepEqual(loaded.ok ? [] : brief(loaded.error), ["6 bad-value cafile"]);
  });
});
