// More logins than the process can hold: refused by the daemon when it starts and when it is told to reload, and by check.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { descriptorsFor } from "../../src/gateway/capacity.ts";
import { testFolder } from "../fault/command.ts";
import { configText } from "../support/gateway.ts";
import { runModule } from "../support/pam-module.ts";
import { setStage } from "../support/pam-stage.ts";
import { repositoryFile } from "../support/repository.ts";

const LIMIT = descriptorsFor(16);
const limited = ["prlimit", `--nofile=${LIMIT}:${LIMIT}`];
const duo = {
  host: "localhost:1",
  ikey: "DIAAAAAAAAAAAAAAAAAA",
  skey: "s3cr3t".repeat(7).slice(0, 40),
  caFile: "system",
};

for (const command of ["run", "check"]) {
  test(`duogate ${command} refuses what the process has no descriptors for`, (t) => {
    const folder = testFolder(t);
    const config = join(folder, "duogate.conf");
    writeFileSync(config, configText({ duo, gatewayLines: ["max_logins = 17"] }, folder), { mode: 0o600 });
    const [program = "", ...args] = limited;
    const argv = [...args, process.execPath, repositoryFile("dist/src/main.js"), command, "--config", config];
    const ran = spawnSync(program, argv, { encoding: "utf8", timeout: 20_000 });
    assert.notEqual(ran.status, 0);
    assert.match(ran.stderr, /duogate\.conf:9: max_logins: 17 logins on each of the two sockets need \d+ open files/);
    assert.match(ran.stderr, /this process may have \d+; write max_logins = 16 or less, or raise the limit/);
  });
}

test("a reload with more is refused, and the daemon goes on with what it had", async (t) => {
  const { daemon } = await setStage(t, { under: limited, gatewayLines: ["max_logins = 16"] });
  daemon.writeConfig({ gatewayLines: ["max_logins = 17"] });
  daemon.kill("SIGHUP");
  const refused = await daemon.event("reload-refused");
  assert.match(JSON.stringify(refused), /max_logins: 17 logins on each of the two sockets need/);
  assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["100001"] })).code, "PAM_SUCCESS");
});
