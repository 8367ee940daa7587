// The command lines of `duogate status` and `duogate trust revoke`: both ask the running daemon.

import type { Command } from "commander";
import { askDaemon, DEFAULT_CONTROL_SOCKET } from "../control-client.ts";
import { type DaemonStatus, statusText } from "../daemon-status.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandIo } from "./io.ts";

export function addStatus(duogate: Command, io: CommandIo): void {
  duogate
    .command("status")
    .description("how the running daemon is: Duo's health, an outage, logins under way, the last decisions; as root")
    .option("--json", "as one line of JSON, for scripts")
    .option("--socket <path>", "the daemon's control socket", DEFAULT_CONTROL_SOCKET)
    .action(async ({ json, socket }: { json?: true; socket: string }) => {
      const answer = await askDaemon(socket, "GET", "/status");
      // The daemon is this program: its answer has the shape that it declares.
      if (answer.ok) io.print(json ? JSON.stringify(answer.value) : statusText(answer.value as DaemonStatus));
      else io.complain(answer.error);
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
      if (answer.ok) io.print(JSON.stringify(answer.value));
      else io.complain(answer.error);
      io.finish(answer.ok ? EXIT.ok : EXIT.cannotRun);
    });
}
