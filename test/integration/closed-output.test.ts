// A reader of the command's output that goes away, as head does: no stack trace, and the exit code of the command.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { repositoryFile } from "../support/repository.ts";

test("whoever stops reading gets no trace of it", async () => {
  const main = repositoryFile("dist/src/main.js");
  const child = spawn(process.execPath, [main, "api", "auth", "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const [complaints, [code, signal]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  assert.deepEqual([complaints, code, signal], ["", 0, null]);
});
