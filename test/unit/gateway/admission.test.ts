// How many connections and logins there may be, for each socket and each account; and that nothing on login.sock is felt on
// pam.sock.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Admission, type Door, type Place } from "../../../src/gateway/admission.ts";
import { SILENT_MS, WAITING_MAX, WAITING_PER_ACCOUNT } from "../../../src/gateway/capacity.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const limits = { maxLogins: 3, maxLoginsPerUid: 2 };

class Scene {
  readonly clock = new FakeClock();
  readonly admission = new Admission(this.clock);
  /** The names of the connections that were cut, in order. */
  readonly cut: string[] = [];

  enter(door: Door, account: string, name = account): Place | undefined {
    return this.admission.enter(door, account, () => this.cut.push(name));
  }

  /** A connection that says START at once: is its login let in? */
  login(door: Door, account: string, allowed = limits): boolean | undefined {
    return this.enter(door, account)?.begin(allowed, account);
  }
}

describe("Admission", () => {
  it("has a budget of logins for each socket of its own", () => {
    const scene = new Scene();
    for (const account of ["1", "2", "3"]) assert.equal(scene.login("login", account), true);
    assert.equal(scene.login("login", "4"), false);
    for (const _ of [1, 2, 3]) assert.equal(scene.login("pam", ""), true);
    assert.equal(scene.login("pam", ""), false);
    assert.deepEqual([scene.admission.underWay("pam"), scene.admission.underWay("login")], [3, 3]);
  });

  it("has one for each account on login.sock, which is not pam.sock's", () => {
    const scene = new Scene();
    assert.deepEqual(
      [1, 2, 3].map(() => scene.login("login", "1000")),
      [true, true, false],
    );
    assert.equal(scene.login("login", "1001"), true);
    for (const _ of [1, 2, 3]) assert.equal(scene.login("pam", "1000"), true);
  });

  it("leaves others three quarters of pam.sock, whatever one user does, and takes two spellings for one user", () => {
    const scene = new Scene();
    const many = { maxLogins: 1024, maxLoginsPerUid: 4 };
    let last: Place | undefined;
    for (let n = 0; n < 256; n += 1) {
      last = scene.enter("pam", "0");
      assert.equal(last?.begin(many, "mallory"), true);
    }
    assert.equal(scene.login("pam", "mallory", many), false);
    assert.equal(scene.login("pam", "Mallory", many), false);
    assert.equal(scene.login("pam", "alice", many), true);
    assert.equal(scene.login("login", "mallory", many), true);
    last?.release();
    assert.equal(scene.login("pam", "mallory", many), true);
  });

  it("lets one user have all of a few", () => {
    const scene = new Scene();
    for (let n = 0; n < 32; n += 1) assert.equal(scene.login("pam", "alice", { ...limits, maxLogins: 32 }), true);
    assert.equal(scene.login("pam", "alice", { ...limits, maxLogins: 33 }), false);
  });

  it("gives no login to a connection that says nothing: a thousand of them keep nobody out", () => {
    const scene = new Scene();
    for (let account = 0; account < 1000; account += 1) {
      scene.clock.advance(scene.admission.pauseMs("login"));
      assert.ok(scene.enter("login", `silent ${account}`));
    }
    scene.clock.advance(scene.admission.pauseMs("login"));
    assert.equal(scene.login("login", "1000"), true);
    assert.equal(scene.admission.underWay("login"), 1);
  });

  it("closes the connections of an account beyond its own, and cuts its oldest silent one for a new one", () => {
    const scene = new Scene();
    for (let i = 0; i < WAITING_PER_ACCOUNT; i += 1) assert.ok(scene.enter("login", "alice", `alice ${i}`));
    assert.equal(scene.enter("login", "alice"), undefined);
    assert.ok(scene.enter("login", "bob"));
    scene.clock.advance(SILENT_MS);
    assert.ok(scene.enter("login", "alice"));
    assert.deepEqual(scene.cut, ["alice 0"]);
  });

  it("wants login.sock to stop accepting while it is full of connections that may still say START, and cuts the oldest then", () => {
    const scene = new Scene();
    for (let i = 0; i < WAITING_MAX.login; i += 1) {
      assert.equal(scene.admission.pauseMs("login"), 0);
      scene.enter("login", `account ${i}`);
    }
    assert.equal(scene.admission.pauseMs("login"), SILENT_MS);
    assert.equal(scene.enter("login", "one more"), undefined);
    scene.clock.advance(SILENT_MS);
    assert.equal(scene.admission.pauseMs("login"), 0);
    assert.ok(scene.enter("login", "one more"));
    assert.deepEqual(scene.cut, ["account 0"]);
  });

  it("never stops pam.sock: the oldest silent connection is cut at once", () => {
    const scene = new Scene();
    for (let i = 0; i < WAITING_MAX.pam + 2; i += 1) {
      assert.equal(scene.admission.pauseMs("pam"), 0);
      assert.ok(scene.enter("pam", "", String(i)));
    }
    assert.deepEqual(scene.cut, ["0", "1"]);
    assert.equal(scene.admission.waiting("pam"), WAITING_MAX.pam);
  });

  it("does not let in a connection that was cut, and cuts none that has its login", () => {
    const scene = new Scene();
    const first = scene.enter("pam", "");
    const second = scene.enter("pam", "");
    assert.equal(first?.begin(limits, "1000"), true);
    for (let i = 0; i < WAITING_MAX.pam; i += 1) scene.enter("pam", "", "later");
    assert.deepEqual(scene.cut, [""]);
    assert.equal(second?.begin(limits, "1000"), false);
    assert.equal(scene.admission.underWay("pam"), 1);
  });

  it("takes a place back once", () => {
    const scene = new Scene();
    const one = { maxLogins: 1, maxLoginsPerUid: 1 };
    const place = scene.enter("login", "1000");
    assert.equal(place?.begin(one, "1000"), true);
    place?.release();
    place?.release();
    assert.equal(scene.login("login", "1000", one), true);
    assert.equal(scene.login("login", "1001", one), false);
  });
});

/** One thing that somebody does. */
type Deed =
  | { readonly kind: "connect"; readonly door: Door; readonly account: string }
  | { readonly kind: "start" | "leave"; readonly door: Door; readonly which: number }
  | { readonly kind: "wait"; readonly ms: number };

/** Few, so that budgets of one account are met, and enough to fill the socket. */
const accounts = fc.nat(39).map((i) => `account ${i}`);
const deedOn = (door: Door): fc.Arbitrary<Deed> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant("connect" as const), door: fc.constant(door), account: accounts }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom("start" as const, "leave" as const),
        door: fc.constant(door),
        which: fc.nat(400),
      }),
    },
  );
const deeds = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: deedOn("login") },
    { weight: 3, arbitrary: deedOn("pam") },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(400) }) },
  ),
  { size: "max", maxLength: 1500 },
);

interface Held {
  readonly door: Door;
  readonly account: string;
  readonly place: Place;
  state: "silent" | "login" | "refused";
}

function accountsOf(some: readonly Held[]): ReadonlyMap<string, readonly Held[]> {
  const names = new Set(some.map(({ account }) => account));
  return new Map([...names].map((name) => [name, some.filter(({ account }) => account === name)]));
}

/** Plays the deeds as the gateway does, and says what came of each on pam.sock. */
function play(all: readonly Deed[]): readonly string[] {
  const clock = new FakeClock();
  const admission = new Admission(clock);
  const held: Held[] = [];
  const ofDoor = (door: Door) => held.filter((each) => each.door === door);
  const drop = (one: Held) => held.splice(held.indexOf(one), 1);
  const answers: string[] = [];
  const queue: string[] = [];
  const connect = (door: Door, account: string): string => {
    const mine: { held?: Held } = {};
    const place = admission.enter(door, account, () => {
      if (mine.held !== undefined) drop(mine.held);
    });
    if (place === undefined) return "closed";
    mine.held = { door, account, place, state: "silent" };
    held.push(mine.held);
    return "accepted";
  };
  const act = (deed: Exclude<Deed, { kind: "wait" }>): string => {
    if (deed.kind === "connect") {
      if (deed.door === "pam" || admission.pauseMs("login") === 0) return connect(deed.door, deed.account);
      queue.push(deed.account);
      return "queued";
    }
    const some = ofDoor(deed.door);
    const one = some[deed.which % Math.max(1, some.length)];
    if (one === undefined) return "nobody";
    if (deed.kind === "leave") {
      one.place.release();
      drop(one);
      return "left";
    }
    if (one.state !== "silent") return "said already";
    one.state = one.place.begin(limits, one.account) ? "login" : "refused";
    return one.state;
  };
  for (const deed of all) {
    if (deed.kind === "wait") clock.advance(deed.ms);
    else {
      const answer = act(deed);
      if (deed.door === "pam") answers.push(`${deed.kind} ${answer}, ${ofDoor("pam").length} there`);
    }
    while (queue.length > 0 && admission.pauseMs("login") === 0) connect("login", queue.shift() ?? "");
    for (const door of ["pam", "login"] as const) {
      const logins = ofDoor(door).filter(({ state }) => state === "login");
      assert.ok(logins.length <= limits.maxLogins);
      // What holds a descriptor is bounded, whatever they do.
      assert.ok(ofDoor(door).length - logins.length <= WAITING_MAX[door]);
      const mine = accountsOf(ofDoor("login"));
      for (const some of mine.values()) {
        assert.ok(some.filter(({ state }) => state === "login").length <= limits.maxLoginsPerUid);
        assert.ok(some.filter(({ state }) => state !== "login").length <= WAITING_PER_ACCOUNT);
      }
    }
  }
  return answers;
}

describe("what users do on login.sock", () => {
  it("changes no answer on pam.sock, and takes no more descriptors than its own", () => {
    fc.assert(
      fc.property(deeds, (all) => {
        const alone = all.filter((deed) => deed.kind === "wait" || deed.door === "pam");
        assert.deepEqual(play(all), play(alone));
      }),
      { numRuns: 60 },
    );
  });
});
