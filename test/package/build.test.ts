// The Debian package: the same bytes from two builds that have nothing in common but the source, what is in it and with which
// modes, and what lintian says. It is built, not installed; life.test.ts and pam.test.ts install it.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { buildPackage } from "../support/package.ts";
import { repositoryFile } from "../support/repository.ts";

const without = (tool: string): string | false =>
  spawnSync(tool, ["--version"]).error === undefined ? false : `${tool} is not installed`;

interface Packed {
  readonly mode: string;
  readonly owner: string;
  readonly path: string;
}

describe("npm run package", { skip: without("dpkg-deb") }, () => {
  let folder = "";
  let file = "";
  let packed: readonly Packed[] = [];
  const paths = () => packed.map(({ path }) => path);
  const modeOf = (path: string) => packed.find((one) => one.path === path)?.mode;
  const field = (name: string) => execFileSync("dpkg-deb", ["--field", file, name], { encoding: "utf8" }).trim();

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "duogate-package-"));
    mkdirSync(join(folder, "first"));
    file = buildPackage(join(folder, "first"));
    const listing = execFileSync("dpkg-deb", ["--contents", file], { encoding: "utf8" });
    packed = listing.split("\n").flatMap((line) => {
      const [mode = "", owner = "", , , , ...rest] = line.split(/ +/);
      return rest.length === 0 ? [] : [{ mode, owner, path: rest.join(" ").replace(/^\.\//, "") }];
    });
    execFileSync("dpkg-deb", ["--extract", file, join(folder, "files")]);
  });

  after(() => rmSync(folder, { recursive: true }));

  it("makes the same bytes in another folder, with another umask, time zone and language, on top of an old build", () => {
    const source = join(folder, "elsewhere", "checkout");
    mkdirSync(source, { recursive: true });
    const wanted = ["packaging", "conf", "docs", "native", "src", "systemd", "test"];
    const files = [
      "package.json",
      "package-lock.json",
      "tsconfig.json",
      "README.md",
      "SECURITY.md",
      "CHANGELOG.md",
      "LICENSE",
    ];
    for (const name of [...wanted, ...files]) cpSync(repositoryFile(name), join(source, name), { recursive: true });
    symlinkSync(repositoryFile("node_modules"), join(source, "node_modules"));
    mkdirSync(join(source, "dist/src/core"), { recursive: true });
    cpSync(repositoryFile("biome.json"), join(source, "dist/src/core/left-over.js"));
    mkdirSync(join(folder, "second"));
    const second = buildPackage(join(folder, "second"), {
      source,
      umask: "077",
      env: { TZ: "Pacific/Auckland", LC_ALL: "C.UTF-8", LANG: "de_DE.UTF-8", SOURCE_DATE_EPOCH: "1" },
    });
    assert.equal(basename(second), basename(file));
    assert.ok(readFileSync(second).equals(readFileSync(file)), "two builds, two packages");
  });

  it("has the version of package.json, this machine's architecture, and depends on Node, libc and PAM alone", () => {
    const { version } = JSON.parse(readFileSync(repositoryFile("package.json"), "utf8")) as { version: string };
    const arch = execFileSync("dpkg", ["--print-architecture"], { encoding: "utf8" }).trim();
    assert.equal(field("Version").replace(/-[0-9]+$/, ""), version);
    assert.equal(basename(file), `duogate_${field("Version")}_${arch}.deb`);
    assert.deepEqual(
      field("Depends")
        .replace(/libc6 \(>= 2\.[0-9]+\)/, "libc6 (>= 2.n)")
        .split(", "),
      ["libc6 (>= 2.n)", "libpam-runtime (>= 1.0.1-6)", "libpam0g (>= 0.99.7.1)", "nodejs (>= 20.18.1)"],
    );
    for (const name of ["Pre-Depends", "Recommends"]) assert.equal(field(name), "");
  });

  it("puts everything where Debian has it, owned by root", () => {
    const multiarch = execFileSync("cc", ["-print-multiarch"], { encoding: "utf8" }).trim();
    const places = [
      "etc/apparmor.d/duogated",
      "etc/duogate/duogate.conf",
      "usr/bin/login_duogate",
      "usr/lib/duogate/conf/duo-roots.pem",
      "usr/lib/duogate/dist/src/main.js",
      "usr/lib/duogate/package.json",
      "usr/lib/systemd/system/duogated.service",
      "usr/lib/systemd/system/duogated.socket",
      "usr/lib/systemd/system/duogated-login.socket",
      "usr/lib/systemd/system/duogated-control.socket",
      "usr/lib/sysusers.d/duogate.conf",
      "usr/lib/tmpfiles.d/duogate.conf",
      `usr/lib/${multiarch}/security/pam_duogate.so`,
      "usr/share/bash-completion/completions/duogate",
      "usr/share/doc/duogate/changelog.Debian.gz",
      "usr/share/doc/duogate/copyright",
      "usr/share/doc/duogate/examples/fail2ban/filter.d/duogate.conf",
      "usr/share/doc/duogate/examples/pam.d/sshd",
      "usr/share/man/man5/duogate.conf.5.gz",
      "usr/share/man/man8/login_duogate.8.gz",
      "usr/share/pam-configs/duogate",
    ];
    for (const path of places) assert.ok(paths().includes(path), path);
    assert.ok(paths().includes("usr/bin/duogate -> ../lib/duogate/dist/src/main.js"));
    for (const { owner, path } of packed) assert.equal(owner, "root/root", path);
  });

  it("keeps the configuration to root, sets no right, and leaves nothing that others can write", () => {
    assert.equal(modeOf("etc/duogate/duogate.conf"), "-rw-------");
    assert.equal(modeOf("usr/bin/login_duogate"), "-rwxr-xr-x");
    for (const { mode, path } of packed) {
      if (mode.startsWith("l")) continue;
      assert.match(mode, /^[-d]r[w-][x-][r-]-[x-][r-]-[x-]$/, path);
    }
    const conffiles = execFileSync("dpkg-deb", ["--info", file, "conffiles"], { encoding: "utf8" });
    assert.deepEqual(conffiles.trim().split("\n"), ["/etc/apparmor.d/duogated", "/etc/duogate/duogate.conf"]);
  });

  it("has nothing that only building and testing need", () => {
    const needless = paths().filter((path) =>
      /\.(?:ts|map|c|cc|h|o|gyp|markdown)$|\/(?:\.|tests?\/|deps\/|examples?\/(?!fail2ban|pam\.d|grafana|prometheus))|left-over|prebuilds\//.test(
        `/${path.replace(/^usr\/share\/doc\/duogate\/examples\/$/, "")}`,
      ),
    );
    assert.deepEqual(needless, []);
    const addons = paths().filter((path) => path.endsWith(".node"));
    assert.deepEqual(addons.map((path) => basename(path)).sort(), ["binding.node", "ffi_bindings.node"]);
  });

  it("names no folder of the machine that built it", () => {
    for (const text of [repositoryFile("."), tmpdir()]) {
      const { stdout } = spawnSync("grep", ["-rlF", `${text.replace(/\/$/, "")}/`, join(folder, "files")], {
        encoding: "utf8",
      });
      const found = stdout
        .split("\n")
        .filter((path) => /\.(?:node|so)$|login_duogate$|main\.js$|package\.json$/.test(path));
      assert.deepEqual(found, []);
    }
  });

  it("runs from where it is unpacked, with the packages that it brings and no others", () => {
    const main = join(folder, "files/usr/lib/duogate/dist/src/main.js");
    assert.equal(readFileSync(main, "utf8").split("\n")[0], "#!/usr/bin/node");
    const ended = spawnSync(process.execPath, [main, "run", "--config", "/nonexistent"], { encoding: "utf8" });
    assert.equal(ended.status, 1, ended.stderr);
    assert.match(ended.stderr, /\/nonexistent: there is no such file/);
  });

  it("has the licence of every package that is inside", () => {
    const copyright = readFileSync(join(folder, "files/usr/share/doc/duogate/copyright"), "utf8");
    const inside = paths().flatMap(
      (path) =>
        /^usr\/lib\/duogate\/(node_modules\/(?:@[^/]+\/)?[^/]+(?:\/node_modules\/[^/]+)*)\/package\.json$/.exec(
          path,
        )?.[1] ?? [],
    );
    assert.ok(inside.length > 20);
    for (const name of inside) assert.ok(copyright.includes(`\nFiles: usr/lib/duogate/${name}/*\n`), name);
  });

  it("has no error of lintian's", { skip: without("lintian") }, () => {
    const args = ["--allow-root", "--no-cfg", "--fail-on", "error", "--tag-display-limit", "0", file];
    const { status, stdout, stderr } = spawnSync("lintian", args, { encoding: "utf8" });
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.doesNotMatch(stdout, /^E: /m);
  });
});
