// What Duo Mobile shows with a push.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PENDING, state } from "../../support/fake-duo.ts";
import { askFor, option, play, type SceneOptions } from "./scene.ts";

const duo = { preauth: [askFor([option("push"), option("phone"), option("sms")])], auth: [PENDING] };
const approved = { ...duo, authStatus: [state("allow", "allow")] };

async function pairsOf(options: SceneOptions): Promise<readonly (readonly [string, string])[]> {
  const { scene } = await play({ duo: approved, replies: ["1"], ...options });
  const [choice] = scene.duo.choices;
  assert.equal(choice?.kind, "option");
  return choice.pushinfo;
}

describe("pushinfo", () => {
  it("has Duo Unix's pairs first, then service, terminal and the number of the request", async () => {
    const facts = { service: "sudo", tty: "pts/3", command: "/usr/bin/id -u" };
    assert.deepEqual(await pairsOf({ facts, policy: { pushinfo: true }, serverAddress: "192.0.2.2" }), [
      ["Server IP", "192.0.2.2"],
      ["Command", "/usr/bin/id -u"],
      ["Service", "sudo"],
      ["Terminal", "pts/3"],
      ["Request", "3f2c9a10"],
    ]);
  });

  it("has no command with pushinfo = no, and nothing that is not known", async () => {
    const facts = { service: "sshd", command: "/usr/bin/id s3cret" };
    assert.deepEqual(await pairsOf({ facts }), [
      ["Service", "sshd"],
      ["Request", "3f2c9a10"],
    ]);
  });

  it("is bounded, and on one line each", async () => {
    const facts = { service: "s".repeat(64), tty: "t\n".repeat(64), command: `a\nb\x1b[2J\u202e${"c".repeat(2000)}` };
    const pairs = new Map(await pairsOf({ facts, policy: { pushinfo: true } }));
    assert.equal(pairs.get("Command")?.slice(0, 10), "a b?[2J?cc");
    assert.equal(pairs.get("Command")?.length, 256);
    assert.ok([...pairs.values()].every((value) => /^\P{C}{1,256}$/u.test(value)));
    assert.ok((pairs.get("Terminal")?.length ?? 99) <= 64);
  });

  it("goes with pushes alone", async () => {
    assert.deepEqual(await pairsOf({ replies: ["2"], serverAddress: "192.0.2.2" }), []);
  });
});
