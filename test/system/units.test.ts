// The shipped units and PAM examples: valid for systemd, sandboxed as much as they claim, and in step with the option
// table and the PAM module. Skips with a reason where systemd's tools are not installed; needs no running systemd.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { STATE_FOLDER } from "../../src/cli/enable/pending.ts";
import { OPTIONS } from "../../src/config/options.ts";

const root = join(import.meta.dirname, "../../..");
const UNITS = [
  "duogated.service",
  "duogated.socket",
  "duogated-login.socket",
  "duogated-control.socket",
  "duogate-enable-recover.service",
];

function withoutTool(tool: string): string | false {
  return spawnSync(tool, ["--version"]).error === undefined ? false : `${tool} is not installed`;
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The values of a setting, in order. */
function settings(unit: string, name: string): readonly string[] {
  const lines = read(`systemd/${unit}`)
    .split("\n")
    .filter((line) => line.startsWith(`${name}=`));
  return lines.map((line) => line.slice(name.length + 1));
}

function seconds(value: string | undefined): number {
  return Number(/^([0-9]+)s$/.exec(value ?? "")?.[1]);
}

describe("the daemon's processor time", () => {
  it("comes before that of users, with cgroups and without", () => {
    assert.ok(Number(settings("duogated.service", "CPUWeight")[0]) >= 1000);
    assert.ok(Number(settings("duogated.service", "Nice")[0]) <= -15);
  });
});

describe("the units under systemd-analyze", { skip: withoutTool("systemd-analyze") }, () => {
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "duogate-units-"));
    // systemd-analyze wants the commands to exist, and duogate need not be installed where tests run. A stub takes its
    // place in a copy; --root would want a whole system there, with every unit that ours name.
    const stub = join(folder, "duogate");
    writeFileSync(stub, "#!/bin/sh\n", { mode: 0o755 });
    for (const unit of UNITS)
      writeFileSync(
        join(folder, unit),
        read(`systemd/${unit}`).replaceAll("/usr/bin/duogate", stub).replaceAll("/usr/lib/duogate/configured", stub),
      );
  });

  after(() => rmSync(folder, { recursive: true }));

  it("are valid: not one complaint", () => {
    const files = UNITS.map((unit) => join(folder, unit));
    const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...files], {
      encoding: "utf8",
    });
    assert.equal(`${stdout}${stderr}`, "");
    assert.equal(status, 0);
  });

  it("keep the service's exposure at 1.3 or less, and give the reason for each mark that is left", () => {
    const args = ["security", "--offline=true", "--no-pager", "--threshold=13", join(folder, "duogated.service")];
    const { status, stdout, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
    const level = Number(/Overall exposure level for duogated\.service: ([0-9.]+)/.exec(`${stdout}${stderr}`)?.[1]);
    assert.ok(level > 0 && level <= 1.3, `exposure ${level}`);
    assert.equal(status, 0);
    assert.match(read("systemd/duogated.service"), /^# .*Exposure .* at most 1\.3, held by a test\.$/m);
    const marked = [...stdout.matchAll(/^✗ ([A-Za-z]+)=/gm)].map(([, name]) => name ?? "");
    assert.ok(marked.length > 0);
    // Left off with a reason, or set with a comment right above that says how far.
    const unit = read("systemd/duogated.service");
    for (const name of marked) assert.match(unit, new RegExp(`^# (?:${name}= +[A-Za-z]|.*\\n${name}=)`, "m"));
  });
});

describe("the service", () => {
  it("allows what Node and peer credentials need", () => {
    for (const name of ["MemoryDenyWriteExecute", "PrivateUsers", "DynamicUser"]) {
      assert.deepEqual(settings("duogated.service", name), [], name);
      assert.match(read("systemd/duogated.service"), new RegExp(`^# ${name}= +[a-z]`, "m"));
    }
  });

  it("waits longer for the end than logins under way may take by default", () => {
    const [stop] = settings("duogated.service", "TimeoutStopSec");
    assert.ok(seconds(stop) * 1000 >= OPTIONS.shutdownTimeout.fallback + 10_000);
  });

  it("starts again soon, without end, and says so to the watchdog often enough", () => {
    const once = (name: string) => settings("duogated.service", name)[0];
    assert.deepEqual([once("Restart"), once("RestartSec")], ["always", "200ms"]);
    assert.deepEqual(settings("duogated.service", "StartLimitIntervalSec"), ["0"]);
    assert.ok(seconds(once("WatchdogSec")) <= 60);
  });

  it("checks root's configuration before the daemon's copy is made, at start and at reload", () => {
    const check = "/usr/bin/duogate check --config /etc/duogate/duogate.conf";
    const withKey = `+/usr/bin/env CREDENTIALS_DIRECTORY=/proc/$\{MAINPID}/root%d ${check}`;
    const copy =
      "+/usr/bin/install -T -m 0400 -o duogate -g duogate /etc/duogate/duogate.conf /run/duogate/duogate.conf";
    assert.deepEqual(settings("duogated.service", "ExecCondition"), ["+/usr/lib/duogate/configured"]);
    assert.deepEqual(settings("duogated.service", "ExecStartPre"), [`+${check}`, copy]);
    assert.deepEqual(settings("duogated.service", "ExecReload"), [withKey, copy, "+/usr/bin/duogate reload"]);
    assert.deepEqual(settings("duogated.service", "ExecStart"), [
      "/usr/bin/duogate run --config /run/duogate/duogate.conf",
    ]);
  });
});

describe("duogate-enable-recover.service", () => {
  it("runs before users can log in, and only when a change waits where duogate enable keeps them", () => {
    const unit = "duogate-enable-recover.service";
    assert.deepEqual(settings(unit, "ExecStart"), ["/usr/bin/duogate enable-recover"]);
    assert.deepEqual(settings(unit, "ConditionPathExistsGlob"), [`${STATE_FOLDER}/*.pending`]);
    assert.deepEqual(settings(unit, "Before"), ["systemd-user-sessions.service"]);
  });
});

describe("systemd/configured", () => {
  const asked = (text: string | undefined) => {
    const folder = mkdtempSync(join(tmpdir(), "duogate-configured-"));
    try {
      const file = join(folder, "duogate.conf");
      if (text !== undefined) writeFileSync(file, text);
      const { status, stdout } = spawnSync(join(root, "systemd/configured"), [file], { encoding: "utf8" });
      return [status, stdout.replace(file, "FILE")];
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const no =
    "duogate is not configured yet: write ikey, skey, host and failmode into FILE, then run: systemctl restart duogated\n";

  it("says no for the file as it is shipped, and for none", () => {
    assert.deepEqual(asked(read("conf/duogate.conf")), [1, no]);
    assert.deepEqual(asked(undefined), [1, no]);
  });

  it("says yes as soon as somebody has written an ikey, and leaves the judging to duogate check", () => {
    assert.deepEqual(asked(read("conf/duogate.conf").replace(/^ikey = .*$/m, "ikey = DIXYZV6YM8IFYVWBINCA")), [0, ""]);
    assert.deepEqual(asked("nonsense"), [0, ""]);
  });
});

describe("the sockets", () => {
  const sockets = [
    ["duogated.socket", "pam", "0600"],
    ["duogated-login.socket", "login", "0666"],
    ["duogated-control.socket", "control", "0600"],
  ] as const;
  for (const [unit, name, mode] of sockets) {
    it(`${unit} is ${name}.sock of root's with mode ${mode}, in runtime_dir`, () => {
      assert.deepEqual(settings(unit, "ListenStream"), [`${OPTIONS.runtimeDir.fallback}/${name}.sock`]);
      assert.deepEqual(settings(unit, "FileDescriptorName"), [name]);
      assert.deepEqual(settings(unit, "SocketMode"), [mode]);
      assert.deepEqual([...settings(unit, "SocketUser"), ...settings(unit, "SocketGroup")], ["root", "root"]);
      assert.deepEqual(settings(unit, "Service"), ["duogated.service"]);
    });
  }
});

const withoutRoot = process.geteuid?.() === 0 ? false : "making root's folders needs root";

describe("sysusers.d and tmpfiles.d", { skip: withoutRoot }, () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "duogate-root-"));
    mkdirSync(join(folder, "etc"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("make the account without shell or home", { skip: withoutTool("systemd-sysusers") }, () => {
    const { status, stderr } = spawnSync(
      "systemd-sysusers",
      [`--root=${folder}`, join(root, "systemd/sysusers.d/duogate.conf")],
      {
        encoding: "utf8",
      },
    );
    assert.equal(status, 0, stderr);
    assert.match(
      readFileSync(join(folder, "etc/passwd"), "utf8"),
      /^duogate:x?:[0-9]+:[0-9]+:[^:]*:\/:\/usr\/sbin\/nologin$/m,
    );
  });

  it("make the folder of the sockets root's, writable by nobody else", {
    skip: withoutTool("systemd-tmpfiles"),
  }, () => {
    const args = ["--create", `--root=${folder}`, join(root, "systemd/tmpfiles.d/duogate.conf")];
    const { status, stderr } = spawnSync("systemd-tmpfiles", args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const { uid, gid, mode } = statSync(join(folder, "run/duogate"));
    assert.deepEqual([uid, gid, mode & 0o7777], [0, 0, 0o755]);
  });
});

describe("the PAM examples", () => {
  const line = "auth    required    pam_duogate.so socket=/run/duogate/pam.sock";
  for (const service of readdirSync(join(root, "conf/pam.d"))) {
    it(`${service} asks Duo last and warns first`, () => {
      const active = read(`conf/pam.d/${service}`)
        .split("\n")
        .filter((one) => one !== "" && !one.startsWith("#"));
      assert.deepEqual(active.slice(-2), ["@include common-auth", line]);
      assert.match(read(`conf/pam.d/${service}`), /^# WARNING: keep a root shell open/m);
    });
  }
});
