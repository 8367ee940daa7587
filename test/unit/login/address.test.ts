// Which address Duo is told, and what the log is told about it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deviceHolder, type LoginContext } from "../../../src/login/context.ts";
import { decided, play } from "./scene.ts";

type Row = readonly [
  rhost: string | undefined,
  fallback: boolean,
  serverAddress: string | undefined,
  told: string | undefined,
  note?: string,
];

const ROWS: readonly Row[] = [
  ["203.0.113.5", false, "192.0.2.2", "203.0.113.5"],
  ["203.0.113.5", true, "192.0.2.2", "203.0.113.5"],
  ["2001:db8::1", true, "192.0.2.2", "2001:db8::1"],
  ["::ffff:203.0.113.5", false, "192.0.2.2", "203.0.113.5"],
  ["client.example", false, "192.0.2.2", undefined, "address-left-out"],
  ["client.example", true, "192.0.2.2", "192.0.2.2", "address-replaced"],
  ["client.example", true, undefined, undefined, "address-left-out"],
  ["fe80::1%eth0", false, "192.0.2.2", undefined, "address-left-out"],
  [undefined, false, "192.0.2.2", undefined],
  [undefined, true, "192.0.2.2", "192.0.2.2"],
  ["", false, "192.0.2.2", undefined],
  ["", true, "192.0.2.2", "192.0.2.2"],
  [undefined, true, undefined, undefined],
];

describe("the client's address", () => {
  for (const [rhost, fallbackLocalIp, serverAddress, told, note] of ROWS) {
    const name = `${JSON.stringify(rhost) ?? "no PAM_RHOST"}, fallback_local_ip ${fallbackLocalIp ? "yes" : "no"}`;
    it(`${name}${serverAddress ? "" : ", no network"}: ${told ?? "none"}`, async () => {
      const { scene, record } = await play({
        duo: { preauth: [decided("allow")] },
        facts: { rhost },
        policy: { fallbackLocalIp },
        ...(serverAddress === undefined ? {} : { serverAddress }),
      });
      const [call] = scene.duo.calls;
      assert.equal(call?.stage === "preauth" && call.subject.ipaddr, told);
      assert.equal(record.address, told);
      assert.deepEqual(record.notes, note === undefined ? [] : [{ kind: note, rhost }]);
    });
  }
});

describe("an address that the user could have chosen", () => {
  it("is told to nobody, and holds no device", async () => {
    for (const [fallbackLocalIp, told] of [
      [false, undefined],
      [true, "192.0.2.2"],
    ] as const) {
      const { record } = await play({
        duo: { preauth: [decided("allow")] },
        facts: { rhost: "203.0.113.5", rhostTrusted: false },
        policy: { fallbackLocalIp },
        serverAddress: "192.0.2.2",
      });
      assert.deepEqual([record.address, record.notes], [told, []]);
    }
  });
});

describe("a remembered device", () => {
  it("is held by the client's own address, never by the server's in its place", () => {
    const holder = (rhost: string | undefined, rhostTrusted = true) => {
      const subject = { username: "alice", ipaddr: "192.0.2.2", hostname: "wks01" };
      const context = { subject, facts: { rhost, rhostTrusted }, policy: { ikey: "DI1" } };
      return deviceHolder(context as LoginContext).ipaddr;
    };
    assert.deepEqual(
      [holder("client.example"), holder(undefined), holder("203.0.113.5")],
      [undefined, undefined, "203.0.113.5"],
    );
  });
});
