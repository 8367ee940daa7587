// The bash completion, in a real bash: what it offers is what the command's own help has, at each place of a command line.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { commandTree } from "../support/command-tree.ts";
import { repositoryFile } from "../support/repository.ts";

const withoutBash = spawnSync("bash", ["--version"]).error === undefined ? false : "bash is not installed";

/** A new bash that knows nothing else: the function is called as readline calls it, with the words on the line. */
const ASK = `
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_duogate duogate "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "\${COMPREPLY[@]}"
`;

describe("the bash completion", { skip: withoutBash }, () => {
  let folder = "";
  let script = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "duogate-completion-"));
    script = join(folder, "duogate");
    const generator = repositoryFile("dist/test/support/generate-completion.js");
    writeFileSync(script, execFileSync(process.execPath, [generator]));
  });

  after(() => rmSync(folder, { recursive: true }));

  const offered = (line: string): readonly string[] => {
    const args = ["--norc", "-c", ASK, "bash", script, ...line.split(" ")];
    const { status, stdout, stderr } = spawnSync("bash", args, { encoding: "utf8", cwd: folder });
    assert.deepEqual([status, stderr], [0, ""], line);
    return stdout
      .split("\n")
      .filter((word) => word !== "")
      .sort();
  };

  it("has each command and each option of the help", async () => {
    const tree = await commandTree();
    assert.ok(tree.length > 10);
    for (const { path, subcommands, options, places } of tree) {
      const dashed = options.flatMap(({ names }) => names);
      assert.ok(dashed.includes("--help"), path);
      assert.deepEqual(offered(`${path} -`), [...dashed].sort(), path);
      if (places.length === 0) assert.deepEqual(offered(`${path} `), [...subcommands, ...dashed].sort(), path);
    }
  });

  it("narrows down by what is typed", () => {
    assert.deepEqual(offered("duogate api auth-"), ["auth-status"]);
    assert.deepEqual(offered("duogate check --con"), ["--config"]);
    assert.deepEqual(offered("duogate nonsense-"), []);
  });

  it("offers the choices of an option, behind a space or an equals sign", () => {
    assert.deepEqual(offered("duogate api auth --factor p"), ["passcode", "phone", "push"]);
    assert.deepEqual(offered("duogate api auth --factor = p"), ["passcode", "phone", "push"]);
    assert.deepEqual(offered("duogate api auth --api v1 --signature "), ["v2", "v5"]);
  });

  it("offers files where a file stands, and nothing where only the user knows", () => {
    writeFileSync(join(folder, "a file.conf"), "");
    assert.deepEqual(offered("duogate check --config a"), ["a file.conf"]);
    assert.deepEqual(offered("duogate import "), ["a file.conf", "duogate"]);
    assert.deepEqual(offered("duogate import duogate --login d"), ["duogate"]);
    assert.deepEqual(offered("duogate api auth --username "), []);
  });

  it("offers services that people log in by, not the parts that they include", () => {
    const services = offered("duogate enable ");
    assert.ok(services.includes("su") && services.includes("login"), services.join(" "));
    for (const none of ["other", "common-auth", "chpasswd", "passwd"]) assert.ok(!services.includes(none), none);
  });

  it("offers users, and takes an option's value for no command", () => {
    assert.ok(offered("duogate trust revoke roo").includes("root"));
    assert.deepEqual(offered("duogate check --config api --h"), ["--help"]);
    assert.deepEqual(offered("duogate check $(touch$IFS'x')"), []);
  });
});
