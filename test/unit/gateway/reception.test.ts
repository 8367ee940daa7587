// From accept to a place: who is looked up, who is closed unheard, and what is left when the daemon stops meanwhile.

import assert from "node:assert/strict";
import { Socket } from "node:net";
import { describe, it } from "node:test";
import { Admission, type Door } from "../../../src/gateway/admission.ts";
import { WAITING_MAX, WAITING_PER_ACCOUNT } from "../../../src/gateway/capacity.ts";
import type { PeerAccount } from "../../../src/gateway/peer-accounts.ts";
import { Reception, type Visitor } from "../../../src/gateway/reception.ts";
import { FakeClock, turn } from "../../support/fake-clock.ts";

class Scene {
  readonly clock = new FakeClock();
  readonly admission = new Admission(this.clock);
  readonly refused: string[] = [];
  readonly defects: unknown[] = [];
  readonly served: Visitor[] = [];
  readonly cut: Visitor[] = [];
  readonly known = new Map<number, PeerAccount>();
  readonly #pending: { readonly resolve: (found: PeerAccount) => void; readonly reject: (error: Error) => void }[] = [];
  readonly reception = new Reception({
    admission: this.admission,
    accounts: {
      known: (uid) => this.known.get(uid),
      provisional: (uid) => (uid >= 100_000 ? "owner" : String(uid)),
      look: () => new Promise((resolve, reject) => this.#pending.push({ resolve, reject })),
    },
    log: {
      connectionRefused: (door, detail) => this.refused.push(`${door}: ${detail}`),
      defect: (_transaction, error) => this.defects.push(error),
    },
    serve: (visitor) => {
      this.served.push(visitor);
      return { cut: () => void this.cut.push(visitor) };
    },
  });

  arrive(door: Door, uid: number): Socket {
    const socket = new Socket();
    this.reception.receive({ door, socket, peer: { uid, pid: 1 } });
    return socket;
  }

  /** The look-ups under way. */
  get looking(): number {
    return this.#pending.length;
  }

  async answer(found: PeerAccount | Error): Promise<void> {
    const next = this.#pending.shift();
    if (found instanceof Error) next?.reject(found);
    else next?.resolve(found);
    await turn();
  }
}

describe("Reception", () => {
  it("serves pam.sock at once, whoever it is", () => {
    const scene = new Scene();
    scene.arrive("pam", 0);
    scene.arrive("pam", 100_005);
    assert.deepEqual([scene.served.length, scene.looking], [2, 0]);
  });

  it("serves a known user of login.sock at once, and a new one when it was looked up", async () => {
    const scene = new Scene();
    scene.known.set(1000, { kind: "account", name: "1000" });
    scene.arrive("login", 1000);
    assert.equal(scene.served.length, 1);
    scene.arrive("login", 1001);
    assert.equal(scene.served.length, 1);
    await scene.answer({ kind: "account", name: "1001" });
    assert.equal(scene.served.length, 2);
    assert.equal(scene.admission.waiting("login"), 2);
  });

  it("closes a stranger, known or not, without a transaction and without a place", async () => {
    const scene = new Scene();
    scene.known.set(100_005, { kind: "stranger" });
    const known = scene.arrive("login", 100_005);
    const unknown = scene.arrive("login", 100_006);
    assert.equal(known.destroyed, true);
    await scene.answer({ kind: "stranger" });
    assert.equal(unknown.destroyed, true);
    assert.deepEqual([scene.served.length, scene.admission.waiting("login")], [0, 0]);
    const words = (uid: number) => `login: uid ${uid} is no user of this machine`;
    assert.deepEqual(scene.refused, [words(100_005), words(100_006)]);
  });

  it("has all subordinate uids of one owner share the look-ups of one account", () => {
    const scene = new Scene();
    for (let uid = 100_000; uid < 100_040; uid += 1) scene.arrive("login", uid);
    assert.equal(scene.looking, WAITING_PER_ACCOUNT);
    assert.match(scene.refused[0] ?? "", /too many connections of owner that have not said START/);
    scene.arrive("login", 1000);
    assert.equal(scene.looking, WAITING_PER_ACCOUNT + 1);
  });

  it("does not serve a connection that ended, or that others needed the place of, during the look-up", async () => {
    const scene = new Scene();
    scene.arrive("login", 1000).destroy();
    await scene.answer({ kind: "account", name: "1000" });
    assert.deepEqual([scene.served.length, scene.admission.waiting("login")], [0, 0]);
  });

  it("leaves nothing open when the daemon stops during a look-up", async () => {
    const scene = new Scene();
    const socket = scene.arrive("login", 1000);
    scene.reception.close();
    assert.equal(socket.destroyed, true);
    await scene.answer({ kind: "account", name: "1000" });
    assert.equal(scene.served.length, 0);
  });

  it("closes a connection whose look-up throws, and says so", async () => {
    const scene = new Scene();
    const socket = scene.arrive("login", 1000);
    await scene.answer(new Error("a defect"));
    assert.deepEqual([socket.destroyed, scene.defects.length, scene.admission.waiting("login")], [true, 1, 0]);
  });

  it("has the transaction end a connection that gives way", () => {
    const scene = new Scene();
    for (let i = 0; i <= WAITING_MAX.pam; i += 1) scene.arrive("pam", 0);
    assert.deepEqual(scene.cut, [scene.served[0]]);
  });
});
