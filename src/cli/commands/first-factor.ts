// `--first-factor MODULE` of the commands that judge PAM stacks: the administrator's word that a module of which duogate knows
// nothing makes a user prove something. Reads words, and judges no stack.

import { type Command, InvalidArgumentError, Option } from "commander";
import { firstFactorFault, moduleName } from "../../host/pam/modules.ts";

const ABOUT = "a PAM module that asks for a password, a key or the like; may be repeated";

export function withFirstFactor(command: Command): Command {
  const option = new Option("--first-factor <module>", ABOUT);
  return command.addOption(option.default([] as readonly string[]).argParser(collect));
}

function collect(module: string, so: readonly string[]): readonly string[] {
  const name = moduleName({ module });
  const fault = firstFactorFault(name);
  if (fault !== undefined) throw new InvalidArgumentError(fault);
  return [...so, name];
}
