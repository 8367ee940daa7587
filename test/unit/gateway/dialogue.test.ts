// The daemon's dialogue, cell by cell: the table is read from the comment in src/gateway/dialogue.ts, so that the two
// cannot part.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { Dialogue, type DialogueState } from "../../../src/gateway/dialogue.ts";
import type { DaemonMessage, HelperMessage } from "../../../src/wire/messages.ts";
import { repositoryFile } from "../../support/repository.ts";

interface Row {
  readonly state: string;
  /** message → state after it */
  readonly comes: ReadonlyMap<string, string>;
  readonly goes: ReadonlyMap<string, string>;
}

const COMES: readonly HelperMessage["kind"][] = ["start", "answer"];
const GOES: readonly DaemonMessage["kind"][] = ["welcome", "info", "error", "prompt", "keepalive", "verdict"];

/** Words in capitals of one cell, each leading to the state of the next cell. */
function cell(messages: string, then: string): ReadonlyMap<string, string> {
  return new Map([...messages.matchAll(/[A-Z]{4,}/g)].map(([word]) => [word.toLowerCase(), then.trim()]));
}

function tableOfTheComment(): readonly Row[] {
  const source = readFileSync(repositoryFile("src/gateway/dialogue.ts"), "utf8");
  const lines = source.split("\n").filter((line) => line.startsWith("//   "));
  const head = lines[0] ?? "";
  const columns: number[] = [];
  for (const name of ["state", "may come", "then", "may be sent", "then"]) {
    columns.push(head.indexOf(name, (columns.at(-1) ?? 1) + 1));
  }
  const rows: Row[] = [];
  for (const line of lines.slice(1)) {
    const cells = columns.map((from, i) => line.slice(from, columns[i + 1]).trim());
    const [state = "", comes = "", after = "", goes = "", then = ""] = cells;
    const last = rows.at(-1);
    if (state === "" && last !== undefined) {
      rows[rows.length - 1] = { ...last, goes: new Map([...last.goes, ...cell(goes, then)]) };
    } else rows.push({ state, comes: cell(comes, after), goes: cell(goes, then) });
  }
  return rows;
}

/** A dialogue that has been brought to a state, past WELCOME. */
function at(state: string): Dialogue {
  const dialogue = new Dialogue();
  const steps: Readonly<Record<string, () => void>> = {
    accepted: () => {},
    started: () => void (dialogue.received("start") && dialogue.sending("welcome")),
    prompting: () => void (dialogue.received("start") && dialogue.sending("welcome") && dialogue.sending("prompt")),
    ended: () => dialogue.end(),
  };
  steps[state]?.();
  assert.equal(dialogue.state, state as DialogueState);
  return dialogue;
}

const table = tableOfTheComment();

describe("Dialogue", () => {
  it("has a table with the four states", () => {
    assert.deepEqual(
      table.map(({ state }) => state),
      ["accepted", "started", "prompting", "ended"],
    );
    assert.equal(
      table.reduce((sum, { goes }) => sum + goes.size, 0),
      6,
    );
  });

  for (const { state, comes, goes } of table) {
    for (const kind of COMES) {
      const then = comes.get(kind);
      it(`${state}: ${kind} ${then === undefined ? "is a violation" : `leads to ${then}`}`, () => {
        const dialogue = at(state);
        assert.equal(dialogue.received(kind), then !== undefined);
        assert.equal(dialogue.state, then ?? "ended");
      });
    }
    for (const kind of GOES.filter((each) => each !== "welcome")) {
      const then = goes.get(kind);
      it(`${state}: ${kind} ${then === undefined ? "must not be sent" : `leads to ${then}`}`, () => {
        const dialogue = at(state);
        assert.equal(dialogue.sending(kind), then !== undefined);
        assert.equal(dialogue.state, then ?? state);
      });
    }
    it(`${state}: WELCOME cannot be sent a second time, or before START`, () => {
      assert.equal(at(state).sending("welcome"), false);
    });
  }

  it("sends WELCOME first", () => {
    for (const kind of GOES) {
      const dialogue = new Dialogue();
      dialogue.received("start");
      assert.equal(dialogue.sending(kind), kind === "welcome");
    }
  });
});
