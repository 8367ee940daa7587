// Files on disk: what may be read, who may own and write it, the folders on the way, and the certificates of cafile.
// Each test has a private folder; the tests of owners need root and say so where they cannot run.
// Long, because every case needs the same private folder.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, chown, link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { loadConfig, readConfigFile } from "../../../src/config/load.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { OLDER_ROOT_PEM, TEST_ROOT_PEM } from "./certificate.ts";
import { brief, REQUIRED, SKEY, withDuo } from "./samples.ts";

const NOBODY = 65_534;
const withoutRoot = process.geteuid?.() === 0 ? false : "changing a file's owner needs root";

const bases: string[] = [];
let folder = "";
let file = "";

beforeEach(async () => {
  // Mode 0700 and our own: what /etc/duogate is on a machine.
  folder = await mkdtemp(join(tmpdir(), "duogate-config-"));
  bases.push(folder);
  file = join(folder, "duogate.conf");
  await write(REQUIRED);
});

after(async () => {
  for (const base of bases) await rm(base, { recursive: true });
});

async function write(text: string | Uint8Array, mode = 0o600): Promise<void> {
  // A file of mode 0400 cannot be written again, except by root.
  await rm(file, { force: true });
  await writeFile(file, text);
  await chmod(file, mode);
}

async function outcome(path = file, credentialsDirectory?: string): Promise<readonly string[]> {
  const loaded = await loadConfig(path, { credentialsDirectory });
  return loaded.ok ? ["ok"] : brief(loaded.error);
}

describe("the configuration file", () => {
  it("is loaded when only its owner can use it", async () => {
    for (const mode of [0o600, 0o400, 0o700]) {
      await write(REQUIRED, mode);
      const loaded = await loadConfig(file);
      assert.equal(loaded.ok && loaded.value.duo.skey.reveal(), SKEY);
    }
  });

  for (const mode of [0o604, 0o640, 0o644, 0o620, 0o602, 0o610, 0o601, 0o440, 0o777]) {
    it(`is refused with mode ${mode.toString(8)}, with the command that mends it`, async () => {
      await write(REQUIRED, mode);
      const loaded = await loadConfig(file);
      assert.deepEqual(loaded.ok ? [] : brief(loaded.error), ["- open-to-others"]);
      assert.ok(!loaded.ok && loaded.error[0]?.remedy.includes(`chmod 600 ${file}`));
    });
  }

  it("is refused when it belongs to somebody else", { skip: withoutRoot }, async () => {
    await chown(file, NOBODY, NOBODY);
    assert.deepEqual(await outcome(), ["- wrong-owner"]);
  });

  it("is refused as a symbolic link, a folder, a FIFO and when it is not there", async () => {
    const other = (name: string) => join(folder, name);
    await symlink(file, other("link"));
    await mkdir(other("folder"));
    execFileSync("mkfifo", ["-m", "600", other("fifo")]);
    assert.deepEqual(await outcome(other("link")), ["- symbolic-link"]);
    assert.deepEqual(await outcome(other("folder")), ["- not-a-file"]);
    assert.deepEqual(await outcome(other("fifo")), ["- not-a-file"]);
    assert.deepEqual(await outcome(other("absent")), ["- cannot-open"]);
    assert.deepEqual(await outcome(join(other("absent"), "duogate.conf")), ["- cannot-open"]);
  });

  it("is read up to 1 MiB and not further", async () => {
    await write(REQUIRED + "#".repeat(1024 * 1024 - REQUIRED.length));
    assert.deepEqual(await outcome(), ["ok"]);
    await write(REQUIRED + "#".repeat(1024 * 1024 - REQUIRED.length + 1));
    assert.deepEqual(await outcome(), ["- too-large"]);
  });

  it("is UTF-8, and a byte order mark is not swallowed on the way", async () => {
    await write(Buffer.concat([Buffer.from(REQUIRED), Buffer.from([0xff])]));
    assert.deepEqual(await outcome(), ["- not-utf8"]);
    await write(`\uFEFF${REQUIRED}`);
    assert.deepEqual(await outcome(), ["1 byte-order-mark"]);
  });

  it("is named by an absolute and plain path", async () => {
    for (const path of ["duogate.conf", `${folder}/./duogate.conf`, `${folder}//duogate.conf`, ""]) {
      assert.deepEqual(await outcome(path), ["- cannot-open"], path);
    }
  });

  it("comes as it is from readConfigFile", async () => {
    await write("any\r\ntext");
    assert.deepEqual(await readConfigFile(file), { ok: true, value: { path: file, text: "any\r\ntext" } });
  });
});

/** Debian 13's Node, whose libuv may use io_uring, refuses: requests in a ring would keep root's rights. */
function withoutSeteuid(): string | false {
  try {
    process.seteuid?.(process.geteuid?.() ?? 0);
    return false;
  } catch {
    return "this Node refuses seteuid(), because it may use io_uring";
  }
}

describe("the service's own user", () => {
  const skip = withoutRoot || withoutSeteuid();

  async function asNobody(path: string): Promise<readonly string[]> {
    process.seteuid?.(NOBODY);
    try {
      const loaded = await loadConfig(path);
      return loaded.ok ? ["ok"] : loaded.error.map(({ code, remedy }) => `${code}: ${remedy}`);
    } finally {
      process.seteuid?.(0);
    }
  }

  it("loads its own copy from root's folder, as duogated.service makes it", { skip }, async () => {
    await chmod(folder, 0o755);
    const copy = join(folder, "copy.conf");
    execFileSync("install", ["-T", "-m", "0400", "-o", String(NOBODY), "-g", String(NOBODY), file, copy]);
    assert.deepEqual(await asNobody(copy), ["ok"]);
  });

  it("is told when it may not read the file or its cafile", { skip }, async () => {
    await chmod(folder, 0o755);
    assert.deepEqual(await asNobody(file), [`cannot-open: run this as root or as the owner of ${file}`]);
    const ca = join(folder, "ca.pem");
    await writeFile(ca, TEST_ROOT_PEM, { mode: 0o600 });
    await write(withDuo(`cafile = ${ca}`));
    await chown(file, NOBODY, NOBODY);
    assert.deepEqual(await asNobody(file), [`cannot-open: run: chmod a+r ${ca}`]);
  });
});

describe("the folders on the way", () => {
  it("may not be writable by others, sticky or not", async () => {
    for (const mode of [0o720, 0o702, 0o777, 0o1777]) {
      await chmod(folder, mode);
      assert.deepEqual(await outcome(), ["- open-to-others"], mode.toString(8));
    }
  });

  it("may not be writable by others further up, except a sticky one of root's", async () => {
    const inner = join(folder, "inner");
    await mkdir(inner, { mode: 0o700 });
    await link(file, join(inner, "duogate.conf"));
    assert.deepEqual(await outcome(join(inner, "duogate.conf")), ["ok"]);
    await chmod(folder, 0o722);
    assert.deepEqual(await outcome(join(inner, "duogate.conf")), ["- open-to-others"]);
  });

  it("may not belong to somebody else", { skip: withoutRoot }, async () => {
    await chown(folder, NOBODY, NOBODY);
    assert.deepEqual(await outcome(), ["- wrong-owner"]);
  });

  it("may not be symbolic links", async () => {
    const link = join(folder, "link");
    await mkdir(join(folder, "inner"), { mode: 0o700 });
    await symlink(join(folder, "inner"), link);
    assert.deepEqual(await outcome(join(link, "duogate.conf")), ["- symbolic-link"]);
  });
});

describe("a credential from systemd", () => {
  it("may show an access list's mask in the group's place, and nothing more", async () => {
    for (const [mode, expected] of [
      [0o440, "ok"],
      [0o400, "ok"],
      [0o444, "- open-to-others"],
      [0o460, "- open-to-others"],
      [0o450, "- open-to-others"],
    ] as const) {
      await write(REQUIRED, mode);
      assert.deepEqual(await outcome(file, folder), [expected], mode.toString(8));
    }
  });

  it("is one only in the very folder that systemd named", async () => {
    await write(REQUIRED, 0o440);
    assert.deepEqual(await outcome(file, join(folder, "..")), ["- open-to-others"]);
    assert.deepEqual(await outcome(file, ""), ["- open-to-others"]);
  });
});

describe("cafile", () => {
  let ca = "";

  async function withCa(pem: string, mode = 0o644): Promise<void> {
    ca = join(folder, "ca.pem");
    await writeFile(ca, pem);
    await chmod(ca, mode);
    await write(withDuo(`cafile = ${ca}`));
  }

  it("gives its certificates, whatever text a bundle has between them", async () => {
    await withCa(`# my roots\r\n${TEST_ROOT_PEM}\nsubject: again\n${TEST_ROOT_PEM.replaceAll("\n", "\r\n")}`);
    const loaded = await loadConfig(file);
    assert.ok(loaded.ok && Object.isFrozen(loaded.value) && Object.isFrozen(loaded.value.duo));
    assert.equal(loaded.value.duo.caCertificates.length, 2);
    assert.equal(loaded.value.duo.caCertificates[0], TEST_ROOT_PEM.trim());
    assert.deepEqual(loaded.value.warnings, []);
  });

  const refused: readonly (readonly [what: string, pem: string, mode: number, expected: string])[] = [
    ["others can write it", TEST_ROOT_PEM, 0o664, "6 open-to-others cafile"],
    ["it has no certificate", "nothing\n", 0o644, "6 bad-certificate cafile"],
    ["a certificate is damaged", TEST_ROOT_PEM.replace("MIIB", "MIIC"), 0o644, "6 bad-certificate cafile"],
    ["the last certificate breaks off", TEST_ROOT_PEM + TEST_ROOT_PEM.slice(0, 300), 0o644, "6 bad-certificate cafile"],
    [
      "a block is of another kind",
      TEST_ROOT_PEM.replaceAll("CERTIFICATE", "X509 CRL"),
      0o644,
      "6 bad-certificate cafile",
    ],
    ["it holds a private key", `${TEST_ROOT_PEM}-----BEGIN PRIVATE KEY-----\n`, 0o644, "6 bad-certificate cafile"],
  ];
  for (const [what, pem, mode, expected] of refused) {
    it(`is refused when ${what}`, async () => {
      await withCa(pem, mode);
      assert.deepEqual(await outcome(), [expected]);
    });
  }

  it("is each service's own, and its problems stand at its own line", async () => {
    await withCa(TEST_ROOT_PEM);
    const second = join(folder, "second.pem");
    await writeFile(second, OLDER_ROOT_PEM);
    await chmod(second, 0o644);
    await write(withDuo(`cafile = ${ca}\n[service:sudo]\ncafile = ${second}\n[service:su]`));
    const loaded = await loadConfig(file);
    assert.ok(loaded.ok);
    const { duo, services } = loaded.value;
    assert.notDeepEqual(services.get("sudo")?.caCertificates, duo.caCertificates);
    assert.equal(services.get("sudo")?.caCertificates.length, 1);
    assert.deepEqual(services.get("su"), duo);
    await write(withDuo(`[service:sudo]\ncafile = ${folder}/absent.pem`));
    const refused = await loadConfig(file);
    assert.deepEqual(refused.ok ? [] : brief(refused.error), ["7 cannot-open cafile"]);
  });

  it("is refused when it is not there, with its own name in the problem", async () => {
    await write(withDuo(`cafile = ${folder}/absent.pem`));
    const loaded = await loadConfig(file);
    assert.deepEqual(loaded.ok ? [] : brief(loaded.error), ["6 cannot-open cafile"]);
    assert.ok(!loaded.ok && loaded.error[0]?.message.startsWith(`${folder}/absent.pem: `));
  });

  it("is a warning 90 days before a certificate ends, and a problem when all have ended", async () => {
    await withCa(TEST_ROOT_PEM);
    // The test root ends on 2126-10-28 at 21:48:35 UTC.
    const end = Date.UTC(2126, 9, 28, 21, 48, 35);
    const day = 24 * 60 * 60 * 1000;
    assert.deepEqual(await at(end - 91 * day), []);
    assert.deepEqual(await at(end - 89 * day), ["warning 6 expired-certificate cafile"]);
    assert.deepEqual(await at(end), ["6 expired-certificate cafile"]);
  });

  it("is a warning while only some of its certificates have ended", async () => {
    await withCa(OLDER_ROOT_PEM + TEST_ROOT_PEM);
    assert.deepEqual(await at(Date.UTC(2080, 0, 1)), ["warning 6 expired-certificate cafile"]);
  });

  async function at(wallMs: number): Promise<readonly string[]> {
    const clock: Clock = { now: () => 0, wallMs: () => wallMs, after: () => ({ cancel: () => undefined }) };
    const loaded = await loadConfig(file, { clock });
    return loaded.ok ? brief(loaded.value.warnings).map((one) => `warning ${one}`) : brief(loaded.error);
  }
});
