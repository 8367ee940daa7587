// Holds the judge of the parity suite to its two duties: a difference that nobody listed fails, and so does a listed one that
// is gone. Nothing is played here.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { BEYOND } from "../support/parity-beyond.ts";
import type { Played } from "../support/parity-play.ts";
import { complaints, listComplaints, renderParity } from "../support/parity-report.ts";
import { repositoryFile } from "../support/repository.ts";

const outcome = {
  entry: "let in",
  code: "PAM_SUCCESS",
  shown: "",
  kind: "",
  logged: "",
  asked: "preauth root",
  rang: "",
};
const scenario = { name: "a login", area: "sshd" } as const;
const same: Played = { scenario, theirs: outcome, ours: outcome };
const differs: Played = { scenario, theirs: outcome, ours: { ...outcome, entry: "kept out", code: "PAM_AUTH_ERR" } };
const listed = [{ reason: "why", what: ["entry", "code"], scenarios: ["a login"] }] as const;

test("the same is well, and so is a difference that is listed", () => {
  assert.deepEqual(complaints(same, []), []);
  assert.deepEqual(complaints(differs, listed), []);
});

test("a difference that is not listed fails, though another one is", () => {
  assert.equal(complaints(differs, []).length, 2);
  const onlyCode = [{ reason: "why", what: ["code"], scenarios: ["a login"] }] as const;
  assert.deepEqual(complaints(differs, onlyCode), ["entry differs and is not listed: let in / kept out"]);
});

test("a listed difference that is gone fails", () => {
  assert.equal(complaints(same, listed).length, 2);
});

test("a list with unknown scenarios, unknown, unused or doubled reasons fails", () => {
  assert.deepEqual(listComplaints(["a login"], listed, { why: "because" }), []);
  assert.deepEqual(listComplaints([], listed, { why: "because" }), ["a login"]);
  assert.deepEqual(listComplaints(["a login"], listed, { other: "because" }), ["why", "other"]);
  const twice = [...listed, { reason: "why", what: ["code"], scenarios: ["a login"] }] as const;
  assert.deepEqual(listComplaints(["a login"], twice, { why: "because" }), ["a login: code"]);
});

test("the document has a row for each, with the number of the reason, and no markup out of an outcome", () => {
  const ours = { ...differs.ours, shown: "a | b *c*" };
  const written = renderParity([{ ...differs, ours }], listed, { why: "because" });
  assert.match(written, /^1\. because$/m);
  assert.match(written, /^\| a login \| let in, PAM_SUCCESS<br>.* \| kept out, .*a \\\| b \\\*c\\\* \| 1 \|$/m);
  assert.match(written, /^1 logins: 0 the same, 1 different, 1 of them in who gets in\.$/m);
});

test("each row beyond the table names a test that is there", () => {
  for (const {
    test: [file, title],
  } of BEYOND)
    assert.ok(readFileSync(repositoryFile(file), "utf8").includes(title), title);
});
