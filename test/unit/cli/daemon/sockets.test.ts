// Where the daemon listens: on what systemd handed over, or in a folder that nobody else can write.

import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { listenPlaces } from "../../../../src/cli/daemon/sockets.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-sockets-"));
after(() => rmSync(folder, { recursive: true }));
const pid = String(process.pid);

const passed = (names: string, fds = names.split(":").length) => ({
  LISTEN_PID: pid,
  LISTEN_FDS: String(fds),
  LISTEN_FDNAMES: names,
  OTHER: "kept",
});

describe("listenPlaces", () => {
  it("takes systemd's sockets by their names, and its variables out of the environment", () => {
    const env = passed("login:pam");
    const places = listenPlaces(env, "/nowhere");
    assert.deepEqual(places, {
      ok: true,
      value: [
        { door: "login", place: { fd: 3 } },
        { door: "pam", place: { fd: 4 } },
      ],
    });
    assert.deepEqual(env, { OTHER: "kept" });
  });

  it("refuses a socket that it has no door for, and names it", () => {
    for (const name of ["controls", "PAM", "unknown"]) {
      const places = listenPlaces(passed(name), "/nowhere");
      assert.ok(!places.ok && places.error.includes(`"${name}"`) && places.error.includes("FileDescriptorName="));
    }
  });

  it("refuses variables that make no sense", () => {
    const places = listenPlaces({ LISTEN_PID: pid, LISTEN_FDS: "many" }, "/nowhere");
    assert.ok(!places.ok && /systemctl/.test(places.error));
  });

  it("binds its own where nothing was handed over, or to another process", () => {
    const runtime = join(folder, "a/b");
    for (const env of [{}, { LISTEN_PID: "1", LISTEN_FDS: "2" }]) {
      assert.deepEqual(listenPlaces(env, runtime), {
        ok: true,
        value: [
          { door: "pam", place: { path: join(runtime, "pam.sock") } },
          { door: "login", place: { path: join(runtime, "login.sock") } },
          { door: "control", place: { path: join(runtime, "control.sock") } },
        ],
      });
    }
    assert.equal(statSync(runtime).mode & 0o022, 0);
  });

  const notRoot = process.geteuid?.() === 0 ? false : "only root can give a folder away";
  it("refuses a folder of somebody else's", { skip: notRoot }, () => {
    const theirs = join(folder, "theirs");
    mkdirSync(theirs);
    chownSync(theirs, 12_345, 12_345);
    const places = listenPlaces({}, theirs);
    assert.ok(!places.ok && places.error.includes("uid 12345"));
  });

  it("refuses a folder that others can write, a file, and a link", () => {
    const open = join(folder, "open");
    mkdirSync(open);
    for (const mode of [0o777, 0o775, 0o757, 0o1777]) {
      chmodSync(open, mode);
      const places = listenPlaces({}, open);
      assert.ok(!places.ok && places.error.includes(`chmod go-w ${open}`), mode.toString(8));
    }
    const file = join(folder, "file");
    writeFileSync(file, "");
    assert.equal(listenPlaces({}, file).ok, false);
    const link = join(folder, "link");
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), link);
    const linked = listenPlaces({}, link);
    assert.ok(!linked.ok && /is no folder/.test(linked.error));
    assert.equal(listenPlaces({}, join(file, "below")).ok, false);
  });
});
