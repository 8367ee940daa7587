// The folders of packages in which this machine's libpam looks for a service without a file in /etc/pam.d. Which ones was decided when
// it was built, and the library's own bytes say it. Reads, and loads nothing.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { moduleFolder } from "./module-file.ts";
import { PAM_FOLDERS } from "./source.ts";

/** All that are known where no libpam can be read. */
export function vendorFolders(root = "/"): readonly string[] {
  const known = PAM_FOLDERS.slice(1);
  const library = libraryOf(root);
  return library === undefined ? known : known.filter((folder) => library.includes(`${folder}/`));
}

/** Next to the folder of its modules, or where the loader finds it. */
function libraryOf(root: string): Buffer | undefined {
  const folder = moduleFolder(root);
  if (folder === undefined) return undefined;
  const beside = dirname(folder);
  const places = [
    beside,
    beside.replace(/^\/usr/, ""),
    join(root, "usr/lib64"),
    join(root, "lib64"),
    join(root, "usr/lib"),
  ];
  for (const place of places) {
    try {
      return readFileSync(join(place, "libpam.so.0"));
    } catch {
      // The next one.
    }
  }
  return undefined;
}
