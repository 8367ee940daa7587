// Nobody is locked out, and nobody slips in: the states of lock-out.ts with the module in common-auth, by pam-auth-update. The
// console is asked there as every other door; what always lets root in is su from a root shell, and the rescue target.

import { booted } from "../support/booted.ts";
import { letPamAsk } from "../support/booted-enable.ts";
import { walk } from "./walk.ts";

const suite = await booted(import.meta.url, { withPackage: true });

walk(suite, "common", async (machine) => {
  await letPamAsk(machine);
  await machine.sh("pam-auth-update --enable duogate");
});
