// How this machine reaches its packages, as the secrets that the Dockerfile takes: apt's options, npm's registry, the
// authority that signs for it. Each file also holds a mark, by which a test sees that no layer kept any of it.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Proxies and habits; not the lists of what to fetch, which are the base's, nor files of this machine. */
const APT_OPTIONS = /^Acquire::(?:Check-|Max-|ForceIPv|Languages|Retries|https?::(?!CaInfo|SslCert|SslKey))/u;
/** Registries of scopes, and how to log in there. */
const NPM_PLACES = /^(?:\/\/|@)/u;
/** Where node-gyp would fetch Node's headers: nobody answers there, so a build that wants to fetch them fails. */
const NOWHERE = "https://127.0.0.1:9/";

/** Writes the files into `folder`. Returns the arguments for `buildah build`. */
export function writeSecrets(folder: string, mark: string): readonly string[] {
  const options = read("apt-config", ["dump", "--format", '%f "%v";%n', "Acquire"]).split("\n");
  const apt = options.filter((line) => APT_OPTIONS.test(line) && !line.endsWith(' "";'));
  const authority = npmSetting("cafile") ?? process.env["NODE_EXTRA_CA_CERTS"];
  const npm = [
    ...["registry", "proxy", "https-proxy"].map((key) => [key, npmSetting(key)] as const),
    ["cafile", authority === undefined ? undefined : "/run/secrets/ca"] as const,
    ["disturl", NOWHERE] as const,
  ].flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  writeFileSync(join(folder, "apt"), [`// ${mark}`, ...apt, ""].join("\n"), { mode: 0o600 });
  writeFileSync(join(folder, "npmrc"), [`; ${mark}`, ...npmPlaces(), ...npm, ""].join("\n"), { mode: 0o600 });
  if (authority === undefined) writeFileSync(join(folder, "ca"), `# ${mark}\n`);
  else copyFileSync(authority, join(folder, "ca"));
  return ["apt", "npmrc", "ca"].map((id) => `--secret=id=${id},src=${join(folder, id)}`);
}

function npmPlaces(): readonly string[] {
  const file = process.env["npm_config_userconfig"] ?? join(homedir(), ".npmrc");
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => NPM_PLACES.test(line))
    : [];
}

function npmSetting(key: string): string | undefined {
  const value = read("npm", ["config", "get", key]);
  return value === "" || value === "null" || value === "undefined" ? undefined : value;
}

function read(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
