// A certificate authority for one test file, made with the openssl command in a private folder: certificates with any names,
// or none. The emulator has its own; this one is for servers that are wrong in ways of their own.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface TestAuthority {
  /** PEM. */
  readonly root: string;
  /** `names` as in subjectAltName, such as "DNS:localhost,IP:127.0.0.1"; no such extension when undefined. */
  issue(commonName: string, names: string | undefined): Identity;
  close(): void;
}

export function makeAuthority(): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), "duogate-authority-"));
  const openssl = (...args: readonly string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const text = (name: string) => readFileSync(join(folder, name), "utf8");
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  writeFileSync(
    join(folder, "openssl.cnf"),
    "[req]\ndistinguished_name = name\nx509_extensions = root\n[name]\n[root]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n",
  );
  openssl(
    ...["req", "-x509", "-config", "openssl.cnf", ...newKey, "-days", "30"],
    ...["-subj", "/CN=duogate test authority", "-keyout", "ca.key", "-out", "ca.pem"],
  );
  let issued = 0;
  return {
    root: text("ca.pem"),
    issue(commonName, names) {
      issued += 1;
      const name = `leaf${issued}`;
      const extensions = ["basicConstraints = CA:FALSE", ...(names === undefined ? [] : [`subjectAltName = ${names}`])];
      writeFileSync(join(folder, `${name}.ext`), `${extensions.join("\n")}\n`);
      const subject = ["-subj", `/CN=${commonName}`, "-keyout", `${name}.key`, "-out", `${name}.csr`];
      openssl("req", "-new", "-config", "openssl.cnf", ...newKey, ...subject);
      const signer = ["-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", `${issued}`, "-days", "7"];
      openssl("x509", "-req", "-in", `${name}.csr`, ...signer, "-extfile", `${name}.ext`, "-out", `${name}.pem`);
      return { cert: text(`${name}.pem`), key: text(`${name}.key`) };
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}
