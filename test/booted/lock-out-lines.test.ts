// Nobody is locked out, and nobody slips in: the states of lock-out.ts with the README's line in the files of sshd and sudo.
// The console's own file does not name the module, so that root gets in there in every state.

import { booted } from "../support/booted.ts";
import { addModuleLine, letPamAsk } from "../support/booted-enable.ts";
import { walk } from "./walk.ts";

const suite = await booted(import.meta.url, { withPackage: true });

walk(suite, "readme", async (machine) => {
  await letPamAsk(machine);
  await addModuleLine(machine, ["sshd", "sudo"]);
});
