// How many logins may be under way, for each socket and each uid.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Admission, type Door, type Place } from "../../../src/gateway/admission.ts";

const limits = { maxLogins: 3, maxLoginsPerUid: 2 };
const admitted = (place: Place | undefined) => place?.admitted;

describe("Admission", () => {
  it("has a budget for each socket of its own", () => {
    const admission = new Admission();
    for (const uid of [1, 2, 3]) assert.equal(admitted(admission.enter("login", uid, limits)), true);
    assert.equal(admitted(admission.enter("login", 4, limits)), false);
    for (const _ of [1, 2, 3]) assert.equal(admitted(admission.enter("pam", 0, limits)), true);
    assert.equal(admitted(admission.enter("pam", 0, limits)), false);
  });

  it("has one for each uid on login.sock, and none on pam.sock", () => {
    const admission = new Admission();
    assert.deepEqual(
      [1, 2, 3].map(() => admitted(admission.enter("login", 1000, limits))),
      [true, true, false],
    );
    assert.equal(admitted(admission.enter("login", 1001, limits)), true);
    assert.equal(admitted(admission.enter("pam", 1000, limits)), true);
  });

  it("keeps some refused connections of a uid to answer them, and closes the rest", () => {
    const admission = new Admission();
    const places = Array.from({ length: 40 }, () => admission.enter("login", 1000, limits));
    assert.equal(places.filter((place) => place?.admitted === true).length, 2);
    assert.equal(places.filter((place) => place?.admitted === false).length, 16);
    assert.equal(places.filter((place) => place === undefined).length, 22);
    places.at(2)?.release();
    assert.equal(admitted(admission.enter("login", 1000, limits)), false);
    assert.equal(admission.enter("login", 1000, limits), undefined);
  });

  it("never closes root's connections unheard", () => {
    const admission = new Admission();
    const places = Array.from({ length: 40 }, () => admission.enter("pam", 0, limits));
    assert.equal(places.filter((place) => place === undefined).length, 0);
  });

  it("takes a place back once", () => {
    const admission = new Admission();
    const place = admission.enter("login", 1000, { maxLogins: 2, maxLoginsPerUid: 1 });
    place?.release();
    place?.release();
    const other = { maxLogins: 1, maxLoginsPerUid: 1 };
    assert.equal(admitted(admission.enter("login", 1000, other)), true);
    assert.equal(admitted(admission.enter("login", 1001, other)), false);
  });

  it("never has more than its limits under way, whoever comes and goes", () => {
    const arrival = fc.record({ door: fc.constantFrom<Door>("pam", "login"), uid: fc.nat(3), leaves: fc.nat(6) });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => {
        const admission = new Admission();
        const inside: { door: Door; uid: number; place: Place }[] = [];
        for (const { door, uid, leaves } of arrivals) {
          const place = admission.enter(door, uid, limits);
          const among = (own: boolean) => inside.filter((each) => each.door === door && (!own || each.uid === uid));
          const room = among(false).length < 3 && (door === "pam" || among(true).length < 2);
          assert.equal(place?.admitted ?? false, room);
          if (place?.admitted === true) inside.push({ door, uid, place });
          else place?.release();
          if (leaves < 3) inside.splice(leaves, 1)[0]?.place.release();
        }
      }),
    );
  });
});
