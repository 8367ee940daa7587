// Random conversations: an allow can be said only once, after WELCOME and with no prompt open, whatever came before.
// fast-check prints the seed of a failure.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Dialogue } from "../../src/gateway/dialogue.ts";
import type { DaemonMessage, HelperMessage } from "../../src/wire/messages.ts";

type Step =
  | { readonly comes: HelperMessage["kind"] }
  | { readonly goes: DaemonMessage["kind"] }
  | { readonly lost: true };

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ comes: fc.constantFrom("start", "answer") }) },
    {
      weight: 8,
      arbitrary: fc.record({ goes: fc.constantFrom("welcome", "info", "error", "prompt", "keepalive", "verdict") }),
    },
    { weight: 1, arbitrary: fc.constant({ lost: true } as const) },
  ) as fc.Arbitrary<Step>,
  { maxLength: 25 },
);

/** What an honest reader of docs/PROTOCOL.md section 3 remembers. */
class Observer {
  started = false;
  welcomed = false;
  prompting = false;
  over = false;

  comes(kind: HelperMessage["kind"], permitted: boolean): void {
    const wanted = !this.over && (kind === "start" ? !this.started : this.prompting);
    assert.equal(permitted, wanted);
    if (!permitted) this.over = true;
    if (kind === "start") this.started = true;
    else this.prompting = false;
  }

  goes(kind: DaemonMessage["kind"], sent: boolean): void {
    const open = this.started && !this.over && !this.prompting;
    assert.equal(sent, open && (kind === "welcome") !== this.welcomed);
    if (!sent) return;
    if (kind === "welcome") this.welcomed = true;
    if (kind === "prompt") this.prompting = true;
    if (kind === "verdict") this.over = true;
  }
}

describe("Dialogue", () => {
  it("permits a verdict once, after WELCOME, with no prompt open, and nothing after it", () => {
    fc.assert(
      fc.property(steps, (conversation) => {
        const dialogue = new Dialogue();
        const observer = new Observer();
        for (const step of conversation) {
          if ("comes" in step) observer.comes(step.comes, dialogue.received(step.comes));
          else if ("goes" in step) observer.goes(step.goes, dialogue.sending(step.goes));
          else {
            dialogue.end();
            observer.over = true;
          }
          if (observer.over) assert.equal(dialogue.state, "ended");
        }
      }),
      { numRuns: 5000 },
    );
  });
});
