// `duogate support` as a process, with a configuration, an environment and a daemon: everything is gathered, and none of the
// secrets is in the archive.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { startDaemon, type TestDaemon } from "../support/gateway.ts";
import { repositoryFile } from "../support/repository.ts";

const PASSWORD = "pr0xy-pass-9f3a";
const PASSCODE = "48151623";
let duo: Emulator;
let daemon: TestDaemon;

before(async () => {
  duo = await startEmulator();
  daemon = await startDaemon({ duo, duoLines: [`# http_proxy = http://user:${PASSWORD}@proxy.example.org:3128`] });
});
after(async () => {
  await daemon.stop();
  await duo.close();
});

test("everything is gathered, and none of the secrets is in it", () => {
  const output = join(daemon.folder, "support.tar.gz");
  const args = ["support", "--offline", "--config", daemon.configFile, "--output", output];
  const env = { PATH: process.env["PATH"], DUO_PASSCODE: PASSCODE };
  const ran = spawnSync(process.execPath, [repositoryFile("dist/src/main.js"), ...args], { env, encoding: "utf8" });
  assert.equal(ran.status, EXIT.ok, ran.stderr);
  assert.match(ran.stdout, /doctor\.txt .*\n.*status\.json /);
  const archive = gunzipSync(readFileSync(output));
  for (const secret of [duo.skey, PASSWORD, PASSCODE]) {
    for (const encoding of ["utf8", "hex", "base64"] as const) {
      const form = Buffer.from(secret).toString(encoding).replace(/=+$/, "");
      assert.ok(!archive.includes(form), `${secret} as ${encoding}`);
    }
  }
  const read = (name: string) =>
    execFileSync("tar", ["-xOzf", output, "--wildcards", `*/${name}`], { encoding: "utf8" });
  assert.match(read("duogate.conf"), /^skey = \[secret\]$/m);
  assert.match(read("duogate.conf"), new RegExp(`^ikey = ${duo.ikey}$`, "m"));
  assert.match(read("versions.txt"), /^duogate \S+, Node v/);
  assert.match(read("doctor.txt"), /configuration/);
  assert.deepEqual(Object.keys(JSON.parse(read("status.json"))).includes("connections"), true);
});
