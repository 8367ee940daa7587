// The AppArmor profile without AppArmor: its parser takes it, and it has a rule for each file that the real daemon opens, maps
// and writes from its start over a login to its end. What it forbids is not shown here; that takes a kernel with AppArmor.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { startEmulator } from "../emulator/emulator.ts";
import { testFolder } from "../fault/command.ts";
import { fileRules, type Permission } from "../support/apparmor-rules.ts";
import { configText } from "../support/gateway.ts";
import { eventually } from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { repositoryFile } from "../support/repository.ts";

const profile = repositoryFile("conf/apparmor.d/duogated");
const runs = (tool: string) => spawnSync(tool, ["--version"]).status === 0;
const missing = ["apparmor_parser", "strace"].filter((tool) => !runs(tool));
const skip = missing.length > 0 ? `not installed: ${missing.join(", ")}` : false;

interface Access {
  readonly path: string;
  readonly permission: Permission;
}

/** Every file that the daemon opened, mapped to run, or connected to, under the name that it has when it is installed. */
async function accesses(t: TestContext): Promise<readonly Access[]> {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const folder = testFolder(t);
  const config = join(folder, "duogate.conf");
  const trace = join(dirname(folder), `${folder.split("/").pop()}.trace`);
  writeFileSync(config, configText({ duo: emulator }, folder), { mode: 0o600 });
  const command = [process.execPath, repositoryFile("dist/src/main.js"), "run", "--config", config];
  const calls = "trace=open,openat,connect,mmap";
  const child = spawn("strace", ["-f", "-qq", "-y", "-s", "300", "-e", calls, "-o", trace, ...command], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: "/usr/bin:/bin" },
  });
  let said = "";
  child.stdout.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  t.after(() => child.kill("SIGKILL"));
  await eventually("it has started", () => said.includes('"started"'));
  const login = await runModule({ socket: join(folder, "pam.sock"), answers: ["100001"] });
  assert.equal(login.code, "PAM_SUCCESS");
  // strace holds signals back from itself and passes none on: the daemon is its child.
  const pid = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
  process.kill(Number(pid), "SIGTERM");
  await ended;
  const text = readFileSync(trace, "utf8");
  spawnSync("rm", ["-f", trace]);
  const places = [
    [process.execPath, "/usr/bin/node"],
    [realpathSync(repositoryFile("node_modules")), "/usr/lib/duogate/node_modules"],
    [repositoryFile("."), "/usr/lib/duogate"],
    [dirname(emulator.caFile), "/etc/duogate"],
    [folder, "/run/duogate"],
  ] as const;
  const installed = (named: string) => {
    const path = named.replace(/^\/proc\/self\//, "/proc/1234/");
    const [from, to] = places.find(([one]) => path === one || path.startsWith(`${one.replace(/\/$/, "")}/`)) ?? [
      "",
      "",
    ];
    return `${to}${path.slice(from.replace(/\/$/, "").length)}`;
  };
  return text
    .split("\n")
    .flatMap((line) => accessOf(line))
    .map(({ path, permission }) => ({ path: installed(path), permission }));
}

/** Calls that failed are left out: a file that is not there needs no rule. */
function accessOf(line: string): readonly Access[] {
  if (/= -1 |<unfinished/.test(line)) return [];
  const opened = /open(?:at)?\((?:AT_FDCWD[^,]*, )?"(\/[^"]*)", ([A-Z_|]+)/.exec(line);
  if (opened) {
    const [, path = "", flags = ""] = opened;
    const read: readonly Access[] = /O_WRONLY/.test(flags) ? [] : [{ path, permission: "r" }];
    return /O_WRONLY|O_RDWR/.test(flags) ? [...read, { path, permission: "w" }] : read;
  }
  const mapped = /mmap\([^)]*PROT_EXEC[^)]*, [0-9]+<(\/[^>]*)>/.exec(line)?.[1];
  if (mapped !== undefined) return [{ path: mapped, permission: "m" }];
  const connected = /connect\(.*sun_path="(\/[^"]*)"/.exec(line)?.[1];
  return connected === undefined ? [] : [{ path: connected, permission: "w" }];
}

describe("the AppArmor profile", { skip }, () => {
  it("is one that the parser takes", () => {
    const { status, stderr } = spawnSync("apparmor_parser", ["-Q", "-K", "-T", profile], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });

  it("has a rule for everything that the daemon opens, maps and writes", async (t) => {
    const rules = fileRules(profile);
    const all = await accesses(t);
    for (const kind of ["r", "m"] as const)
      assert.ok(
        all.some(({ permission }) => permission === kind),
        kind,
      );
    assert.ok(all.some(({ path }) => path === "/run/duogate/duogate.conf"));
    const without = all.filter(({ path, permission }) => !rules.permits(path, permission));
    assert.deepEqual([...new Set(without.map(({ path, permission }) => `${path} ${permission}`))], []);
  });

  it("has no rule for what is nobody's business here", () => {
    const rules = fileRules(profile);
    assert.ok(rules.count > 100);
    for (const path of ["/etc/shadow", "/root/.ssh/id_rsa", "/home/alice/file", "/var/lib/duogate/enable/su.before"])
      assert.equal(rules.permits(path, "r"), false, path);
    for (const path of ["/etc/pam.d/sshd", "/etc/duogate/duogate.conf", "/usr/lib/duogate/dist/src/main.js"])
      assert.equal(rules.permits(path, "w"), false, path);
  });
});
