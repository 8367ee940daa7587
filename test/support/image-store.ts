// buildah with a store of its own: images are made, looked at and unpacked in one folder, which goes with the test. Nothing of
// the machine's own containers is seen or touched. Called by the image test.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { repositoryFile } from "./repository.ts";

const BUILD_LIMIT_MS = 10 * 60 * 1000;
const OUTPUT_MAX_BYTES = 64 * 1024 * 1024;
const BASE = "localhost/duogate-test-base";

/** What the image says about itself, in Docker's form. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly ExposedPorts?: unknown;
  readonly Volumes?: Readonly<Record<string, unknown>> | null;
  readonly Healthcheck: { readonly Test: readonly string[]; readonly Timeout: number };
}

export interface ImageStore {
  /** For what else the test needs; it goes with the store. */
  readonly folder: string;
  /** Builds the repository's Dockerfile on the base. Returns what the build said. */
  build(tag: string, args: readonly string[]): Promise<string>;
  config(tag: string): Promise<ImageConfig>;
  /** Config and history, as text. */
  description(tag: string): Promise<string>;
  /** A folder with the files of the image, for as long as the store is there. */
  unpack(tag: string): Promise<string>;
  /** Writes the image as `docker save` would: uncompressed layers and the config in one archive. */
  save(tag: string, file: string): Promise<void>;
  remove(): Promise<void>;
}

/** Opens a store with the base in it. */
export async function openImageStore(baseArchive: string): Promise<ImageStore> {
  // Not in /tmp, which is memory on many machines: an image is several copies of a system.
  const folder = mkdtempSync("/var/tmp/duogate-image-");
  const buildah = async (...args: readonly string[]): Promise<string> => {
    const store = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
    const options = { maxBuffer: OUTPUT_MAX_BYTES, timeout: BUILD_LIMIT_MS, env: { ...process.env, TMPDIR: folder } };
    const { stdout, stderr } = await promisify(execFile)("buildah", [...store, ...args], options);
    return args[0] === "build" ? `${stdout}${stderr}` : stdout.trim();
  };
  const base = await buildah("from", "scratch");
  await buildah("add", "--quiet", base, baseArchive, "/");
  await buildah("commit", "--quiet", "--rm", base, BASE);
  const inspect = (tag: string) => buildah("inspect", "--type", "image", tag);
  return {
    folder,
    build: (tag, args) =>
      // Docker's format: OCI's has no health check.
      buildah(
        ...["build", "--isolation", "chroot", "--format", "docker", "--pull=never", "--build-arg", `BASE=${BASE}`],
        ...["--tag", tag, ...args, repositoryFile(".")],
      ),
    config: async (tag) => (JSON.parse(await inspect(tag)) as { Docker: { config: ImageConfig } }).Docker.config,
    description: inspect,
    unpack: async (tag) => buildah("mount", await buildah("from", "--pull=never", tag)),
    save: async (tag, file) => void (await buildah("push", "--quiet", tag, `docker-archive:${file}`)),
    async remove() {
      await buildah("rm", "--all");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
