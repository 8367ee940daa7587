// How `--help` words an option. Used by program.ts for every command.

import { Help, Option } from "commander";

const PLAIN = new Help();

/** As commander words it, but without the default of a switch or a list: "(default: false)" tells nobody anything. */
export function optionDescription(option: Option): string {
  const tells = ["string", "number"].includes(typeof option.defaultValue);
  if (tells) return PLAIN.optionDescription(option);
  const silent = new Option(option.flags, option.description);
  return PLAIN.optionDescription(Object.assign(silent, option, { defaultValue: undefined }));
}
