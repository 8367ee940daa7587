// Owns a certificate authority for tests: made with the openssl command in a private folder, gone when the process ends.
// One authority serves every emulator of a process, so the keys are made once. Called by the listener and by main.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type CertificateKind, type CertificateRecipe, certificateRecipes, goodNames } from "./certificates.ts";

const run = promisify(execFile);
const dayMs = 86_400_000;

/** PEM texts for a TLS server. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
}

/** The authority and what it has issued. */
export interface Authority {
  /** PEM file of the root that clients have to trust. */
  readonly caFile: string;
  /** The certificate of that kind; made at the first call, the same afterwards. */
  issue(kind: CertificateKind): Promise<ServerIdentity>;
}

// `openssl ca` is used because it takes start and end dates in every version since 1.0; `x509 -not_after` came in 3.4.
const caConfig = `[ca]
default_ca = emulator
[emulator]
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
`;

/** YYYYMMDDHHMMSSZ */
function asn1Time(days: number): string {
  return `${new Date(Date.now() + days * dayMs)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:T]/g, "")}`;
}

function leafExtensions(recipe: CertificateRecipe): string {
  const names = recipe.names ?? goodNames;
  return [
    "basicConstraints = critical,CA:FALSE",
    "keyUsage = critical,digitalSignature",
    "extendedKeyUsage = serverAuth",
    `subjectAltName = ${names.join(",")}`,
    "",
  ].join("\n");
}

async function makeRequest(dir: string, name: string, commonName: string): Promise<void> {
  await run(
    "openssl",
    [
      ...["req", "-new", "-config", "ca.cnf", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-subj", `/CN=${commonName}`, "-keyout", `${name}.key`, "-out", `${name}.csr`],
    ],
    { cwd: dir },
  );
}

async function sign(dir: string, name: string, recipe: CertificateRecipe, extensions: readonly string[]) {
  const signer =
    recipe.issuer === "itself" ? ["-selfsign", "-keyfile", `${name}.key`] : ["-cert", "ca.pem", "-keyfile", "ca.key"];
  const life = ["-startdate", asn1Time(recipe.notBeforeDays), "-enddate", asn1Time(recipe.notAfterDays)];
  const files = ["-in", `${name}.csr`, "-out", `${name}.pem`];
  const base = ["ca", "-batch", "-notext", "-config", "ca.cnf"];
  await run("openssl", [...base, ...signer, ...life, ...extensions, ...files], { cwd: dir });
}

async function makeLeaf(dir: string, kind: CertificateKind): Promise<ServerIdentity> {
  const recipe: CertificateRecipe = certificateRecipes[kind];
  await writeFile(join(dir, `${kind}.ext`), leafExtensions(recipe));
  await makeRequest(dir, kind, "Duo emulator");
  await sign(dir, kind, recipe, ["-extfile", `${kind}.ext`]);
  const [cert, key] = await Promise.all([
    readFile(join(dir, `${kind}.pem`), "utf8"),
    readFile(join(dir, `${kind}.key`), "utf8"),
  ]);
  return { cert, key };
}

async function createAuthority(): Promise<Authority> {
  const dir = mkdtempSync(join(tmpdir(), "duo-emulator-"));
  process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
  await writeFile(join(dir, "ca.cnf"), caConfig);
  await writeFile(join(dir, "index.txt"), "");
  await makeRequest(dir, "ca", "Duo emulator test authority");
  const root = { notBeforeDays: -30, notAfterDays: 30, issuer: "itself" } as const;
  await sign(dir, "ca", root, ["-extensions", "root"]);
  // openssl follows the umask, and the daemon refuses a cafile that the group can change: Debian's users have umask 0002.
  await chmod(join(dir, "ca.pem"), 0o644);
  const issued = new Map<CertificateKind, Promise<ServerIdentity>>();
  // `openssl ca` keeps a database without locks, so certificates are made one after the other.
  let queue: Promise<unknown> = Promise.resolve();
  const issue = (kind: CertificateKind): Promise<ServerIdentity> => {
    const existing = issued.get(kind);
    if (existing !== undefined) return existing;
    const made = queue.then(() => makeLeaf(dir, kind));
    queue = made.catch(() => undefined);
    issued.set(kind, made);
    return made;
  };
  return { caFile: join(dir, "ca.pem"), issue };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The authority of this process. */
export const processAuthority: () => Promise<Authority> = once(createAuthority);
