// The Dockerfile, built for real with buildah on a debootstrapped Debian 13, and the image's daemon run as its user, on a root
// that cannot be written, for logins through this machine's module. Takes minutes: only `npm run test:system` runs it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { startEmulator } from "../emulator/emulator.ts";
import { debianBaseArchive } from "../support/image-base.ts";
import {
  type Container,
  type ContainerPlace,
  healthCommand,
  runContainer,
  startContainer,
} from "../support/image-container.ts";
import { exported, filesBelow, find, holds, needed } from "../support/image-files.ts";
import { makePlace } from "../support/image-place.ts";
import { writeSecrets } from "../support/image-secrets.ts";
import { type ImageConfig, type ImageStore, openImageStore } from "../support/image-store.ts";
import { modulePath, runModule } from "../support/pam-module.ts";
import { repositoryFile } from "../support/repository.ts";
import { cannotRun } from "../support/sandbox.ts";

const UID = 64738;
const TAG = "localhost/duogate";
/** It was 117 MB, of which 109 are Node, its libraries and the authorities. A compiler would not fit. */
const ADDED_MAX_BYTES = 130e6;
const NEEDS = ["buildah", "debootstrap", "chroot", "nsenter", "npm", "openssl", "readelf"];
const skip = cannotRun(NEEDS) ?? false;

describe("the image", { skip, timeout: 15 * 60_000 }, () => {
  const mark = randomUUID();
  let store: ImageStore;
  let root: string;
  let config: ImageConfig;

  before(async () => {
    store = await openImageStore(debianBaseArchive());
    const secrets = writeSecrets(store.folder, mark);
    await store.build(TAG, secrets);
    await store.build(`${TAG}-artefacts`, [...secrets, "--target", "artefacts"]);
    root = await store.unpack(TAG);
    config = await store.config(TAG);
  });
  after(() => store.remove());

  it("says who it runs as, what it runs, and how to ask whether it is well", () => {
    assert.equal(config.User, `${UID}:${UID}`);
    assert.deepEqual(config.Entrypoint, ["/usr/bin/duogate"]);
    assert.deepEqual(config.Cmd, ["run", "--config", "/etc/duogate/duogate.conf"]);
    assert.match(config.Healthcheck.Test.join(" "), /^CMD-SHELL \/usr\/bin\/duogate status /u);
    assert.deepEqual(Object.keys(config.Volumes ?? {}), []);
    assert.equal(config.ExposedPorts, undefined);
    assert.deepEqual(
      config.Env.filter((variable) => !variable.startsWith("PATH=")),
      [],
    );
  });

  it("has no compiler, no package manager of Node's, and no setuid program", () => {
    const programs = ["gcc", "cc", "g++", "as", "ld", "make", "python3", "npm", "node-gyp"];
    const found = programs.filter((name) =>
      ["usr/bin", "usr/local/bin"].some((bin) => existsSync(join(root, bin, name))),
    );
    assert.deepEqual(found, []);
    assert.equal(find(root, "-type", "f", "-perm", "/6000"), "");
  });

  it("has the Debian package's program, byte for byte but for the addons, and all of it root's", () => {
    const work = join(store.folder, "package");
    mkdirSync(work);
    const step = repositoryFile("packaging/stage-program.sh");
    execFileSync("sh", [step, repositoryFile("."), work, join(work, "stage")], { stdio: "pipe" });
    const home = join(root, "usr/lib/duogate");
    const packaged = join(work, "stage/usr/lib/duogate");
    const addons = filesBelow(home).filter((name) => name.endsWith(".node"));
    assert.equal(addons.length, 2);
    assert.deepEqual(
      filesBelow(home).filter((name) => !addons.includes(name)),
      filesBelow(packaged),
    );
    for (const name of filesBelow(packaged)) {
      assert.ok(readFileSync(join(home, name)).equals(readFileSync(join(packaged, name))), name);
    }
    assert.equal(find(home, "(", "!", "-user", "0", "-o", "!", "-group", "0", ")"), "");
    assert.equal(find(home, "!", "-type", "l", "-perm", "/022"), "");
  });

  it("keeps nothing of how this machine reaches its packages", async (t) => {
    const archive = join(store.folder, "saved.tar");
    await store.save(TAG, archive);
    assert.equal(await holds(archive, mark), false);
    assert.ok(!(await store.description(TAG)).includes(mark));
    const added = statSync(archive).size - statSync(debianBaseArchive()).size;
    t.diagnostic(`${megabytes(statSync(archive).size)}, of which ${megabytes(added)} are not the base`);
    assert.ok(added > 0 && added < ADDED_MAX_BYTES, `${added} bytes more than the base`);
  });

  it("comes with a module and a login_duogate for the host", async () => {
    const folder = await store.unpack(`${TAG}-artefacts`);
    const files = readdirSync(folder).filter((name) => lstatSync(join(folder, name)).isFile());
    assert.deepEqual(files.sort(), ["login_duogate", "pam_duogate.so"]);
    assert.equal(find(folder, "-perm", "/6000"), "");
    const built = join(folder, "pam_duogate.so");
    assert.deepEqual(exported(built), exported(modulePath()));
    assert.deepEqual(needed(built), needed(modulePath()));
  });

  it("lets in and refuses, and is healthy as long as the daemon answers", { timeout: 90_000 }, async (t) => {
    const emulator = await startEmulator();
    t.after(() => emulator.close());
    const place = makePlace(t, { root, config, duo: emulator, owner: UID });
    const container = await start(t, place);
    assertConfined(container);
    const socket = join(place.run, "pam.sock");

    emulator.whenPushed("alice", "approve");
    const letIn = await runModule({ socket, owner: UID, answers: ["1"] });
    assert.equal(letIn.code, "PAM_SUCCESS");
    emulator.whenPushed("bob", "deny");
    const refused = await runModule({ socket, owner: UID, user: "bob", answers: ["1"] });
    assert.equal(refused.code, "PAM_MAXTRIES");
    // Without owner= the module takes the daemon's sockets for somebody else's.
    assert.equal((await runModule({ socket, owner: 0, answers: ["1"] })).code, "PAM_SYSTEM_ERR");

    const well = await container.health();
    assert.equal(well.code, 0, well.output);
    assert.match(well.output, /"version":/);
    container.kill("SIGSTOP");
    assert.equal((await container.health()).code, 1);
    container.kill("SIGCONT");
    assert.equal((await container.health()).code, 0);

    // With Duo away the daemon complains, and is well: a runtime that started it again would only end logins.
    emulator.fault("connect", { kind: "refuse" });
    assert.equal((await runModule({ socket, owner: UID, answers: ["1"] })).code, "PAM_AUTHINFO_UNAVAIL");
    assert.equal((await container.exec([...config.Entrypoint, "status"])).code, 8);
    assert.equal((await container.health()).code, 0);

    container.kill("SIGTERM");
    assert.equal(await container.exited, 0);
    assert.deepEqual(readdirSync(place.run), []);
    const log = `${JSON.stringify(container.lines)}${container.stderr()}`;
    assert.ok(!log.includes(emulator.skey));
  });

  it("is unhealthy without the daemon, and refuses a configuration that others can read", {
    timeout: 60_000,
  }, async (t) => {
    const duo = { host: "localhost:9", ikey: "DIABCDEFGHIJKLMNOPQR", skey: "k".repeat(40) };
    const none = makePlace(t, { root, config, duo, owner: UID });
    assert.equal((await runContainer(none, healthCommand(config))).code, 1);
    const good = await runContainer(none, [...config.Entrypoint, "check"]);
    assert.equal(good.code, 0, good.output);
    const open = makePlace(t, { root, config, duo, owner: UID, mode: 0o644 });
    const bad = await runContainer(open, [...config.Entrypoint, ...config.Cmd]);
    assert.equal(bad.code, 1);
    assert.match(bad.output, /duogate\.conf/);
  });
});

async function start(t: TestContext, place: ContainerPlace): Promise<Container> {
  const container = await startContainer(place);
  t.after(() => container.remove());
  return container;
}

/** What the kernel says about the daemon: no root, no capability, no way to gain any, nothing to write but /run/duogate. */
function assertConfined({ pid }: Container): void {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  assert.match(status, new RegExp(`^Uid:\\t${UID}\\t${UID}\\t${UID}\\t${UID}$`, "mu"));
  assert.match(status, /^Groups:\t\s*$/mu);
  for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
    assert.match(status, new RegExp(`^${set}:\\t0+$`, "mu"));
  }
  assert.match(status, /^NoNewPrivs:\t1$/mu);
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, "utf8").trim().split("\n");
  const writable = mounts.map((line) => line.split(" ")).filter(([, , , , , options = ""]) => /^rw\b/u.test(options));
  const points = writable.map(([, , , , point = ""]) => point).filter((point) => !/^\/(?:proc$|dev\/)/u.test(point));
  assert.deepEqual(points, ["/run/duogate"]);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
