// The command lines of `duogate status`, `reload` and `trust revoke`: they ask the running daemon.

import type { Command } from "commander";
import { askDaemon, DEFAULT_CONTROL_SOCKET } from "../control/control-client.ts";
import { safeJson } from "../control/decision-line.ts";
import { asDaemonStatus } from "../control/status-shape.ts";
import { statusText } from "../control/status-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandIo } from "./io.ts";

const STATUS_HELP = `
Ends with 0 when all is well, with ${EXIT.unwell} when the daemon runs and something is to be mended or waited for (an outage, keys
that Duo refuses, a wrong clock, a refused reload), and with ${EXIT.cannotRun} when no daemon answers.`;

export function addStatus(duogate: Command, io: CommandIo): void {
  duogate
    .command("status")
    .description("how the running daemon is: Duo's health, outages, latency, logins under way, last decisions; as root")
    .option("--json", "as one line of JSON, for scripts")
    .option("--socket <path>", "the daemon's control socket", DEFAULT_CONTROL_SOCKET)
    .addHelpText("after", STATUS_HELP)
    .action(async ({ json, socket }: { json?: true; socket: string }) => {
      const answer = await askDaemon(socket, "GET", "/status");
      if (!answer.ok) {
        io.complain(answer.error);
        return io.finish(EXIT.cannotRun);
      }
      const status = asDaemonStatus(answer.value);
      if (status === undefined) {
        io.complain("the daemon is another version than this command: restart it, with systemctl restart duogated");
        return io.finish(EXIT.cannotRun);
      }
      io.print(json ? safeJson(status) : statusText(status));
      io.finish(status.problems.length === 0 ? EXIT.ok : EXIT.unwell);
    });
}

export function addReload(duogate: Command, io: CommandIo): void {
  duogate
    .command("reload")
    .description(
      "have the daemon read its file again, and wait until it is in force; systemctl reload ends with it; as root",
    )
    .option("--socket <path>", "the daemon's control socket", DEFAULT_CONTROL_SOCKET)
    .action(async ({ socket }: { socket: string }) => {
      const answer = await askDaemon(socket, "POST", "/reload");
      if (!answer.ok) io.complain(answer.error);
      io.finish(answer.ok ? EXIT.ok : EXIT.cannotRun);
    });
}

export function addTrust(duogate: Command, io: CommandIo): void {
  const trust = duogate
    .command("trust")
    .description("the devices that Duo lets duogate remember, kept in memory alone");
  trust
    .command("revoke")
    .description("forget the remembered devices of a user, or all: the next login needs a factor again; as root")
    .argument("[user]", "the user's name at Duo")
    .option("--all", "of everybody")
    .option("--socket <path>", "the daemon's control socket", DEFAULT_CONTROL_SOCKET)
    .action(async (user: string | undefined, { all, socket }: { all?: true; socket: string }) => {
      if ((user === undefined) === (all === undefined)) {
        io.complain("write either a user or --all");
        return io.finish(EXIT.usage);
      }
      const answer = await askDaemon(socket, "POST", "/trust/revoke", all ? { all: true } : { user });
      if (answer.ok) io.print(safeJson(answer.value));
      else io.complain(answer.error);
      io.finish(answer.ok ? EXIT.ok : EXIT.cannotRun);
    });
}
