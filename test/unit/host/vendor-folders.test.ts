// In which folders of packages this machine's libpam looks: what a private copy of the library says, and the real one.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { moduleFolder } from "../../../src/host/pam/module-file.ts";
import { vendorFolders } from "../../../src/host/pam/vendor-folders.ts";

const root = mkdtempSync(join(tmpdir(), "duogate-vendor-"));
after(() => rmSync(root, { recursive: true }));

it("only folders that libpam was built with count", () => {
  assert.deepEqual(vendorFolders(root), ["/usr/lib/pam.d", "/usr/etc/pam.d", "/usr/share/pam.d"]);
  mkdirSync(join(root, "usr/lib64/security"), { recursive: true });
  writeFileSync(join(root, "usr/lib64/security/pam_permit.so"), "");
  writeFileSync(join(root, "usr/lib64/libpam.so.0"), "\0/etc/pam.d/%s\0/usr/lib/pam.d/%s\0/usr/etc/pam.d/%s\0");
  assert.deepEqual(vendorFolders(root), ["/usr/lib/pam.d", "/usr/etc/pam.d"]);
});

const skip = moduleFolder() === undefined ? "no libpam is installed" : false;
it("the real library names one at least", { skip }, () => {
  assert.ok(vendorFolders().includes("/usr/lib/pam.d"));
  assert.ok(vendorFolders().length < 3, vendorFolders().join());
});
