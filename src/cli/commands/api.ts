// The command lines of `duogate api ENDPOINT`, made from the table of endpoints.

import { type Command, Option } from "commander";
import type { ApiOptions } from "../api/api.ts";
import { ENDPOINTS, type Endpoint } from "../api/endpoints.ts";
import type { Parameter } from "../api/parameter-table.ts";
import { EXIT_HELP } from "../exit-codes.ts";
import { type CommandIo, DEFAULT_CONFIG } from "./io.ts";

const ABOUT = `
Calls Duo's Auth API with the keys of the configuration and prints Duo's JSON answer. For finding out
what Duo says about a user, for help desks and for scripts. It lets nobody in, and the daemon need not run.

Keys come from the configuration file; passcodes, tokens and activation codes from standard input or a
terminal. None is taken from the command line, which every local user can read.`;

export function addApi(duogate: Command, io: CommandIo): void {
  const group = duogate.command("api").description("call one endpoint of Duo's Auth API and print the answer");
  group.addHelpText("after", `${ABOUT}\n${EXIT_HELP}`);
  for (const endpoint of ENDPOINTS) addEndpoint(group, endpoint, io);
}

function addEndpoint(group: Command, endpoint: Endpoint, io: CommandIo): void {
  const { name, about, parameters, examples = [] } = endpoint;
  const command = group.command(name).description(about);
  for (const parameter of parameters) command.addOption(optionOf(parameter));
  if (name === "logo") command.option("--output <file>", "write the image to this file, which must not exist");
  command
    .addOption(new Option("--api <version>", "API version, in the place of the configuration's").choices(["v2", "v1"]))
    .option("--config <file>", "configuration file", DEFAULT_CONFIG);
  if (endpoint.signed) {
    const signature = new Option("--signature <format>", "format of the signature; v5 sends JSON (API v2 only)");
    command.addOption(signature.choices(["v2", "v5"]));
  }
  if (examples.length > 0) command.addHelpText("after", `\nExamples:\n  ${examples.join("\n  ")}`);
  command.action(async (given: Omit<ApiOptions, "given"> & Readonly<Record<string, unknown>>) => {
    // Only here: it brings the HTTP client, which no other command waits for.
    const { api } = await import("../api/api.ts");
    const { config, api: version, signature, output } = given;
    const parts = {
      credentialsDirectory: io.env["CREDENTIALS_DIRECTORY"],
      userAgent: `duogate/${io.version} (${process.platform}; ${process.arch})`,
      secrets: io.secrets,
      print: io.print,
      complain: io.complain,
    };
    io.finish(await api(endpoint, { config, api: version, signature, output, given }, parts));
  });
}

function optionOf({ flags, about, kind, choices, required }: Parameter): Option {
  const option = new Option(flags, about);
  if (choices !== undefined) option.choices([...choices]);
  if (required === true) option.makeOptionMandatory();
  if (kind === "pairs") option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
  return option;
}
