// PROTOCOL section 4, the helper's side: every part of the path belongs to a trusted owner, is no link, and nobody else can write it.
// A fault denies with failmode=safe too, before a byte is sent, and the log names the part and what to do.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";

import { welcome } from "./frames.ts";
import { isRoot, pam, type Run, type Stage, setStage } from "./stage.ts";

const strangerUid = 4242;
const needsRoot = isRoot ? false : "needs root: only root can give a file to another user";

async function refusal(
  t: TestContext,
  arrange: (stage: Stage) => void,
): Promise<{ run: Run; starts: number; stage: Stage }> {
  const stage = setStage(t);
  stage.stack("auth required @ failmode=safe");
  const daemon = await stage.daemon((peer) => {
    peer.send(welcome());
    peer.allow();
  });
  arrange(stage);
  const run = await stage.run();
  assert.deepEqual(run.results, [pam.systemErr]);
  assert.deepEqual(run.shown, ["error duogate is not set up correctly; access denied. Ask your administrator."]);
  return { run, starts: daemon.starts.length, stage };
}

const writable = [
  ["by everybody", 0o777],
  ["by its group", 0o775],
  ["by everybody, sticky or not", 0o1777],
] as const;

for (const [name, mode] of writable) {
  test(`a socket folder that can be written ${name} is refused`, async (t) => {
    const { run, starts, stage } = await refusal(t, (s) => chmodSync(join(s.folder, "run"), mode));
    assert.match(run.logs.join(), new RegExp(`${stage.folder}/run can be written by other users.*chmod go-w`));
    assert.equal(starts, 0);
  });
}

test("a folder further up that can be written by others is refused", async (t) => {
  const { run, stage } = await refusal(t, (s) => chmodSync(s.folder, 0o777));
  assert.match(run.logs.join(), new RegExp(`${stage.folder} can be written by other users`));
});

test("a folder that is a symbolic link is refused", async (t) => {
  const { run, stage } = await refusal(t, (s) => {
    renameSync(join(s.folder, "run"), join(s.folder, "real"));
    symlinkSync("real", join(s.folder, "run"));
  });
  assert.match(run.logs.join(), new RegExp(`${stage.folder}/run is a symbolic link.*write the path`));
});

test("a socket that is a symbolic link is refused", async (t) => {
  const { run, stage } = await refusal(t, (s) => {
    renameSync(s.socket, `${s.socket}.real`);
    symlinkSync("pam.sock.real", s.socket);
  });
  assert.match(run.logs.join(), new RegExp(`${stage.socket} is a symbolic link`));
});

test("a file in the socket's place is refused", async (t) => {
  const { run } = await refusal(t, (s) => {
    rmSync(s.socket);
    writeFileSync(s.socket, "");
  });
  assert.match(run.logs.join(), /is not a socket/);
});

test("a file in a folder's place is refused", async (t) => {
  const { run } = await refusal(t, (s) => {
    renameSync(join(s.folder, "run"), join(s.folder, "old"));
    writeFileSync(join(s.folder, "run"), "");
  });
  assert.match(run.logs.join(), /is not a folder/);
});

test("a socket of another user is refused", { skip: needsRoot }, async (t) => {
  const { run, starts, stage } = await refusal(t, (s) => chownSync(s.socket, strangerUid, strangerUid));
  assert.match(run.logs.join(), new RegExp(`${stage.socket} belongs to uid ${strangerUid}; it must belong to root`));
  assert.equal(starts, 0);
});

test("a folder of another user is refused", { skip: needsRoot }, async (t) => {
  const { run, stage } = await refusal(t, (s) => chownSync(join(s.folder, "run"), strangerUid, strangerUid));
  assert.match(run.logs.join(), new RegExp(`${stage.folder}/run belongs to uid ${strangerUid}`));
});

test("owner= makes another user's folder and socket trusted, but not a stranger's", { skip: needsRoot }, async (t) => {
  const stage = setStage(t);
  await stage.daemon((peer) => {
    peer.send(welcome());
    peer.allow();
  });
  chownSync(stage.socket, strangerUid, strangerUid);
  chownSync(join(stage.folder, "run"), strangerUid, strangerUid);
  const line = stage.base.replace(/owner=\d+/, "");
  const results: number[] = [];
  for (const owner of [strangerUid, strangerUid + 1]) {
    stage.stack(`auth required @@ ${line} owner=${owner}`);
    results.push(...(await stage.run()).results);
  }
  assert.deepEqual(results, [pam.success, pam.systemErr]);
});

test("owner='s sticky folder is not like root's: what others make in it is not trusted", {
  skip: needsRoot,
}, async (t) => {
  const stage = setStage(t);
  const shared = join(stage.folder, "run", "shared");
  mkdirSync(join(shared, "own"), { recursive: true });
  for (const folder of [shared, join(shared, "own")]) chownSync(folder, strangerUid, strangerUid);
  chmodSync(shared, 0o1777);
  stage.stack(`auth required @@ socket=${join(shared, "own", "x.sock")} owner=${strangerUid} failmode=safe`);
  assert.deepEqual((await stage.run()).results, [pam.systemErr]);
});

/** A login at a trusted path, behind which a process of `strangerUid` listens. */
async function withStranger(t: TestContext, login: (stage: Stage) => Promise<Run>): Promise<void> {
  const stage = setStage(t);
  stage.stack("auth required @ failmode=safe");
  // The stranger listens where it may write; then the folder and the socket become root's.
  chownSync(join(stage.folder, "run"), strangerUid, strangerUid);
  chmodSync(stage.folder, 0o755);
  const code = [
    `const server = require("net").createServer((s) => s.on("data", () => process.stdout.write("data")));`,
    `server.listen(process.argv[1], () => process.stdout.write("listening"));`,
    `process.stdin.resume().on("end", () => process.exit());`,
  ].join("");
  const child = spawn(process.execPath, ["-e", code, stage.socket], { uid: strangerUid, gid: strangerUid });
  const heard: string[] = [];
  await new Promise((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      heard.push(chunk.toString());
      resolve(undefined);
    });
  });
  chownSync(join(stage.folder, "run"), 0, 0);
  chownSync(stage.socket, 0, 0);
  const run = await login(stage);
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.stdin.end();
  await closed;
  assert.deepEqual(run.results, [pam.systemErr]);
  assert.match(run.logs.join(), new RegExp(`the process behind ${stage.socket} runs as uid ${strangerUid}`));
  assert.deepEqual(heard, ["listening"], "nothing was sent to it");
}

test("a trusted path with a stranger's process behind it is refused", { skip: needsRoot }, (t) =>
  withStranger(t, (stage) => stage.run()),
);

test(
  "a stranger's process is refused where there is a user duogate, who is somebody else",
  {
    skip: needsRoot,
  },
  (t) =>
    withStranger(t, (stage) => {
      const passwd = join(stage.folder, "passwd");
      const entry = `duogate:x:${strangerUid + 1}:${strangerUid + 1}::/:/usr/sbin/nologin\n`;
      writeFileSync(passwd, readFileSync("/etc/passwd", "utf8").replace(/^duogate:.*\n/m, "") + entry);
      const script = 'mount --bind "$0" /etc/passwd && exec "$@"';
      return stage.runUnder(["unshare", "--mount", "sh", "-c", script, passwd]);
    }),
);

test("the socket's own write bits say who may connect and are not judged", async (t) => {
  const stage = setStage(t);
  await stage.daemon((peer) => {
    peer.send(welcome());
    peer.allow();
  });
  chmodSync(stage.socket, 0o666);
  assert.deepEqual((await stage.run()).results, [pam.success]);
});

test("a private folder under root's sticky folder is trusted, a socket right in it is not", async (t) => {
  const stage = setStage(t);
  const shared = join(stage.folder, "run", "shared");
  mkdirSync(shared);
  if (!isRoot) {
    t.skip("needs root: the sticky folder must be root's");
    return;
  }
  chmodSync(shared, 0o1777);
  const results: number[] = [];
  for (const path of [join(shared, "x.sock"), join(shared, "own", "x.sock")]) {
    mkdirSync(join(shared, "own"), { recursive: true });
    stage.stack(`auth required @@ socket=${path} owner=0 failmode=safe`);
    results.push(...(await stage.run()).results);
  }
  assert.deepEqual(
    results,
    [pam.systemErr, pam.success],
    "refused; then only found missing, which failmode=safe lets in",
  );
});
