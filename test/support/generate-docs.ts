// Writes what is generated from the code: conf/duogate.conf, docs/CONFIG.md and docs/man/duogate.conf.5 from the option
// table, docs/FAILURES.md from the policy, docs/man/duogate.1 from the commands. Run it after a change to one of them:
// npm run docs

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderManual } from "../../src/config/manual.ts";
import { renderReference, renderSample } from "../../src/config/sample.ts";
import { renderCommandManual } from "./command-manual.ts";
import { renderFailures } from "./failure-table.ts";

const root = join(import.meta.dirname, "../../..");
writeFileSync(join(root, "conf/duogate.conf"), renderSample());
writeFileSync(join(root, "docs/CONFIG.md"), renderReference());
writeFileSync(join(root, "docs/FAILURES.md"), renderFailures());
writeFileSync(join(root, "docs/man/duogate.conf.5"), renderManual());
writeFileSync(join(root, "docs/man/duogate.1"), renderCommandManual());
