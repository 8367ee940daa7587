// What an administrator, a drop-in of the unit or a habit from other programs may put into the daemon's environment to switch
// the checks of certificates off. None of it has an effect.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { startEmulator } from "../emulator/emulator.ts";
import { startDaemon } from "../support/gateway.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { QUICK_DUO, QUICK_GATEWAY } from "../support/pam-stage.ts";
import { makeAuthority } from "../support/test-authority.ts";

/** What would have a program of Node's trust the emulator, whose authority the configuration does not name. */
const ENVIRONMENTS: readonly ((caFile: string) => Readonly<Record<string, string>>)[] = [
  () => ({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }),
  (caFile) => ({ NODE_EXTRA_CA_CERTS: caFile }),
  (caFile) => ({ SSL_CERT_FILE: caFile, NODE_OPTIONS: "--use-openssl-ca" }),
];

for (const environment of ENVIRONMENTS) {
  const names = Object.keys(environment("")).join(" and ");
  test(`${names} in the environment: another authority's certificate is refused all the same`, async (t) => {
    const emulator = await startEmulator();
    t.after(() => emulator.close());
    const duo = { ...emulator, caFile: anotherAuthority(t) };
    const daemon = await startDaemon({
      duo,
      duoLines: QUICK_DUO,
      gatewayLines: QUICK_GATEWAY,
      env: environment(emulator.caFile),
    });
    t.after(() => daemon.stop());
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start());
    const { verdict } = await helper.nextOf("verdict");
    assert.equal(verdict, "unavailable");
    assert.equal((await daemon.event("failmode-used"))["failure"], "tls-failed");
    assert.deepEqual(emulator.requests, [], "nothing was sent to a server that is not trusted");
  });
}

function anotherAuthority(t: TestContext): string {
  const authority = makeAuthority();
  t.after(() => authority.close());
  const folder = mkdtempSync(join(tmpdir(), "duogate-roots-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "roots.pem");
  writeFileSync(file, authority.root);
  return file;
}
