// What sshd says of itself, and the Match blocks of its files as connections.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { err, ok } from "../../../src/core/result.ts";
import type { RunProgram } from "../../../src/host/program.ts";
import { ANYBODY, methodLists, parseSshdSettings, sshdSettings, sshdValue } from "../../../src/host/sshd.ts";
import { matchBlocks } from "../../../src/host/sshd-match.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-sshd-"));
after(() => rmSync(folder, { recursive: true }));

describe("sshd -T", () => {
  it("is asked for one connection, in whatever folder sshd is", async () => {
    const asked: (readonly string[])[] = [];
    const run: RunProgram = async (path, args) => {
      asked.push([path, ...args]);
      return path === "/usr/bin/sshd"
        ? ok({ code: 0, stdout: "usepam yes\nport 22\nport 2222\n", stderr: "" })
        : err({ code: "absent" });
    };
    const settings = await sshdSettings(run, { user: "alice", address: "2001:db8::1" }, "/etc/other");
    assert.deepEqual(settings.ok && [...settings.value], [
      ["usepam", ["yes"]],
      ["port", ["22", "2222"]],
    ]);
    const specification = "user=alice,host=2001:db8::1,addr=2001:db8::1,laddr=192.0.2.2,lport=22";
    assert.deepEqual(asked[1], ["/usr/bin/sshd", "-T", "-C", specification, "-f", "/etc/other"]);
  });

  it("may be absent, or refuse", async () => {
    assert.deepEqual(await sshdSettings(async () => err({ code: "absent" }), ANYBODY), err({ code: "absent" }));
    const refusing: RunProgram = async () => ok({ code: 255, stdout: "", stderr: "no hostkeys available\n" });
    assert.deepEqual(await sshdSettings(refusing, ANYBODY), err({ code: "refused", detail: "no hostkeys available" }));
  });

  it("has lists of methods, of which one has to be fulfilled", () => {
    const lists = (value: string) => methodLists(parseSshdSettings(`authenticationmethods ${value}\n`));
    assert.equal(lists("any"), undefined);
    assert.deepEqual(lists("publickey,keyboard-interactive:pam password"), [
      ["publickey", "keyboard-interactive:pam"],
      ["password"],
    ]);
    assert.equal(
      sshdValue(
        parseSshdSettings("challengeresponseauthentication yes"),
        "kbdinteractiveauthentication",
        "challengeresponseauthentication",
      ),
      "yes",
    );
  });
});

it("Match blocks become connections, and what cannot is kept as text", () => {
  const file = join(folder, "sshd_config");
  mkdirSync(join(folder, "sshd_config.d"));
  writeFileSync(join(folder, "sshd_config.d/10-own.conf"), "match user git,!root\n");
  const lines = [
    "Include sshd_config.d/*.conf",
    "#Match User nobody",
    "Match User root",
    "Match Group wheel",
    "Match Address 10.0.0.0/8 User b*",
    "Match address 10.1.0.0/16,*",
    "Match All",
    "MatchX y",
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  const found = matchBlocks(file).map(({ line, text, connection }) => [
    line,
    text,
    connection === undefined ? "?" : `${connection.user} ${connection.address}`,
  ]);
  assert.deepEqual(found, [
    [1, "user git,!root", "git 192.0.2.1"],
    [3, "User root", "root 192.0.2.1"],
    [4, "Group wheel", "?"],
    [5, "Address 10.0.0.0/8 User b*", "?"],
    [6, "address 10.1.0.0/16,*", "duogate-anybody 10.1.0.0"],
    [7, "All", "duogate-anybody 192.0.2.1"],
  ]);
  assert.deepEqual(matchBlocks(join(folder, "missing")), []);
});
