// Watching the daemon as its unit holds it: metrics_listen opens at a reload behind the sandbox of duogated.service, what the metrics
// read of the process is there, and the command reaches the control socket that systemd made.

import assert from "node:assert/strict";
import { booted } from "../support/booted.ts";
import { ask, seriesOf } from "../support/control.ts";
import { freePort } from "../support/proxies.ts";
import { installedStage, reconfigure } from "./stage.ts";

const suite = await booted(import.meta.url, { withPackage: true });

let stage: Awaited<ReturnType<typeof installedStage>>;
suite.before(async () => {
  stage = await installedStage(suite);
});
suite.after(async () => {
  await stage[Symbol.asyncDispose]();
});

suite.test("the metrics are on the loopback address once a reload has said so", async () => {
  const port = await freePort();
  await reconfigure(stage, { failmode: "secure", gatewayLines: [`metrics_listen = 127.0.0.1:${port}`] });
  const { status, text } = await ask({ host: "127.0.0.1", port }, "/metrics");
  assert.equal(status, 200);
  const series = seriesOf(text);
  assert.equal(series.get("process_max_fds"), 8192);
  assert.ok((series.get("process_open_fds") ?? 0) > 5);
  assert.ok((series.get("process_resident_memory_bytes") ?? 0) > 10e6);
  assert.equal(series.get('duogate_config_reloads_total{result="ok"}'), 1);
});

suite.test("root is told by the command, and nobody else", async () => {
  const { machine } = stage;
  assert.match(await machine.sh("duogate status"), /^problems +none$/mu);
  await machine.sh("duogate logins");
  const refused = await machine.attempt("setpriv --reuid=nobody --regid=nogroup --clear-groups duogate status");
  assert.equal(refused.code, 3);
  assert.match(refused.output, /is for root/u);
});
