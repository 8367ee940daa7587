// Whether duogate is fit to be asked by a PAM stack: a valid configuration, a daemon that answers, and a Duo that answers it. With
// any of them missing every login of the service would be refused. Called by enable.ts.

import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { formatProblems } from "../../config/problem.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { askDaemon } from "../control/control-client.ts";
import { asDaemonStatus } from "../control/status-shape.ts";

/** Err: what is missing, in words. */
export async function loadReady(
  path: string,
  credentialsDirectory: string | undefined,
): Promise<Result<Config, readonly string[]>> {
  const config = await loadConfig(path, { credentialsDirectory });
  if (config.ok) return config;
  return err([formatProblems(config.error), "duogate is not configured yet: every login would be refused"]);
}

/** Err: why the daemon would refuse logins. `wantsDuo`: nobody is going to try a login, so that Duo has to answer already. */
export async function daemonReady(runtimeDir: string, wantsDuo: boolean): Promise<Result<void, string>> {
  const answer = await askDaemon(join(runtimeDir, "control.sock"), "GET", "/status");
  if (!answer.ok) return err(`${answer.error}\nwithout a running daemon every login would be refused`);
  const status = asDaemonStatus(answer.value);
  if (status === undefined) return err("the daemon is another version than this command: systemctl restart duogated");
  const [main] = status.connections;
  const health = main?.health ?? "nothing";
  if (!wantsDuo || health === "answers" || health === "offset") return ok(undefined);
  return err(`the daemon says of Duo: ${health}; with --no-test Duo has to answer first (duogate status)`);
}
