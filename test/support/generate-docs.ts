// Writes conf/duogate.conf and docs/CONFIG.md from the option table. Run it after a change to the table:
// npx tsc && node dist/test/support/generate-docs.js

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderReference, renderSample } from "../../src/config/sample.ts";

const root = join(import.meta.dirname, "../../..");
writeFileSync(join(root, "conf/duogate.conf"), renderSample());
writeFileSync(join(root, "docs/CONFIG.md"), renderReference());
