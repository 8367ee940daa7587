// The law of push slots, over random histories: at no time has one user two transactions at Duo that can still ring, however
// logins begin, hang up, run out of time, lose their way to Duo, or are answered. Duo is a model that keeps the transactions.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DuoFailure } from "../../../src/core/failure.ts";
import { err, ok, type Result } from "../../../src/core/result.ts";
import type { StopReason } from "../../../src/core/scope.ts";
import { sleep } from "../../../src/core/sleep.ts";
import type { AuthReply, AuthState, DuoApi, DuoSubject, FactorChoice } from "../../../src/duo/api.ts";
import { PUSH_LIFE_MS } from "../../../src/login/push-flight.ts";
import { PushFollowers } from "../../../src/login/push-followers.ts";
import { PushSlots } from "../../../src/login/push-slots.ts";
import { FakeClock, turn } from "../../support/fake-clock.ts";
import { failure, state } from "../../support/fake-duo.ts";
import { askFor, Scene } from "./scene.ts";

/** Duo's account of a name. */
function accountOf(name: string): string {
  return name.toLowerCase().replace(/@.*/, "");
}

interface Ring {
  readonly user: string;
  readonly until: number;
  state: AuthState;
}

/** Duo takes a request after a moment, and answers after another. */
const ON_THE_WAY_MS = 300;

class ModelDuo implements DuoApi {
  readonly rings: Ring[] = [];
  /** Nothing is answered, though what is sent arrives. */
  away = false;
  /** The most of one user's transactions that were alive at once. */
  worst = 0;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  preauth({ username }: DuoSubject): ReturnType<DuoApi["preauth"]> {
    if (this.away) return Promise.resolve(err(failure("timeout", "preauth")));
    const asked = askFor();
    assert.equal(asked.kind, "auth");
    return Promise.resolve(ok({ ...asked, menu: { ...asked.menu, phones: accountOf(username) } }));
  }

  async auth(
    { username }: DuoSubject,
    choice: FactorChoice,
    signal: AbortSignal,
  ): Promise<Result<AuthReply, DuoFailure>> {
    if (signal.aborted) return err(failure("cancelled", "auth"));
    assert.equal(choice.kind, "option");
    // Aborted or not, what was written arrives.
    const sent = sleep(ON_THE_WAY_MS, this.#clock, new AbortController().signal);
    const arrival = sent.then(() => this.#ring(accountOf(username)));
    await Promise.race([arrival, sleep(2 * ON_THE_WAY_MS, this.#clock, signal)]);
    if (signal.aborted) return err(failure("cancelled", "auth"));
    const txid = String(await arrival);
    await sleep(ON_THE_WAY_MS, this.#clock, signal);
    if (signal.aborted) return err(failure("cancelled", "auth"));
    return this.away ? err(failure("timeout", "auth")) : ok({ kind: "pending", txid });
  }

  async authStatus(txid: string, signal: AbortSignal): Promise<Result<AuthState, DuoFailure>> {
    await sleep(200, this.#clock, signal);
    if (signal.aborted) return err(failure("cancelled", "auth_status"));
    const ring = this.rings[Number(txid)];
    if (this.away || ring === undefined) return err(failure("connection-lost", "auth_status"));
    return ok(this.#lives(ring) || ring.state.result !== "waiting" ? ring.state : state("deny", "timeout"));
  }

  answer(user: string, result: "allow" | "deny"): void {
    for (const ring of this.rings) if (ring.user === user && this.#lives(ring)) ring.state = state(result, result);
  }

  #lives({ until, state: { result } }: Ring): boolean {
    return result === "waiting" && this.#clock.now() < until;
  }

  #ring(user: string): number {
    this.rings.push({ user, until: this.#clock.now() + PUSH_LIFE_MS, state: state("waiting", "pushed") });
    this.worst = Math.max(this.worst, this.rings.filter((ring) => ring.user === user && this.#lives(ring)).length);
    return this.rings.length - 1;
  }
}

const users = ["alice", "Alice", "alice@example.org", "bob"] as const;
const stops: readonly StopReason[] = ["helper-gone", "out-of-time", "protocol-violation"];
const events = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("login" as const), user: fc.constantFrom(...users) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("stop" as const),
        which: fc.nat({ max: 7 }),
        reason: fc.constantFrom(...stops),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(50, 350, 700, 20_000) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("answer" as const),
        user: fc.constantFrom("alice", "bob"),
        result: fc.constantFrom("allow" as const, "deny" as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("away" as const), away: fc.boolean() }) },
  ),
  { minLength: 4, maxLength: 40 },
);

/** Time goes by in small steps, so that each promise goes on when it can. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    clock.advance(Math.min(100, left));
    await turn();
  }
}

type History = typeof events extends fc.Arbitrary<infer T> ? T : never;

class Stage {
  readonly clock = new FakeClock();
  readonly duo = new ModelDuo(this.clock);
  readonly slots = new PushSlots();
  readonly followers = new PushFollowers({
    clock: this.clock,
    pollsAtOnce: 1,
    onDefect: (error) => assert.fail(String(error)),
  });
  readonly #scenes: Scene[] = [];

  async play(history: History): Promise<void> {
    for (const event of history) {
      await this.#step(event);
      await turn();
    }
    for (const { scope } of this.#scenes) scope.stop("helper-gone");
    await pass(this.clock, PUSH_LIFE_MS + 10_000);
    await Promise.all(this.#scenes.map(({ login }) => login));
  }

  async #step(event: History[number]): Promise<void> {
    const { clock, slots, followers, duo } = this;
    switch (event.kind) {
      case "login": {
        const facts = { user: event.user, interactive: false };
        this.#scenes.push(new Scene({ clock, slots, followers, api: duo, facts, policy: { autopush: true } }));
        return;
      }
      case "stop":
        return this.#scenes.at(-1 - event.which)?.scope.stop(event.reason);
      case "answer":
        return duo.answer(event.user, event.result);
      case "away":
        duo.away = event.away;
        return;
      default:
        await pass(clock, event.ms);
    }
  }
}

test("at no time two live transactions of one user, and every slot comes back", async () => {
  let rings = 0;
  await fc.assert(
    fc.asyncProperty(events, async (history) => {
      const stage = new Stage();
      await stage.play(history);
      const { duo, slots, followers, clock } = stage;
      rings += duo.rings.length;
      assert.ok(duo.worst <= 1, "two pushes of one user were out at once");
      assert.deepEqual([slots.busy, followers.size, clock.pending], [0, 0, 0]);
    }),
    { numRuns: 100 },
  );
  assert.ok(rings > 100, `only ${rings} pushes in all: the histories show nothing`);
});
