// From the options of `duogate api` to Duo's parameters: every endpoint, both versions, and what is refused with a word.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ENDPOINTS, type Endpoint, type EndpointName } from "../../../../src/cli/api/endpoints.ts";
import type { ApiVersion } from "../../../../src/cli/api/parameter-table.ts";
import { complaintAbout, type Given, parametersOf, secretOf } from "../../../../src/cli/api/parameters.ts";
import { Secret } from "../../../../src/core/secret.ts";

function endpoint(name: EndpointName): Endpoint {
  const found = ENDPOINTS.find((one) => one.name === name);
  assert.ok(found);
  return found;
}

function made(name: EndpointName, version: ApiVersion, given: Given, secret?: string): unknown {
  const complaint = complaintAbout(endpoint(name), version, given);
  if (complaint !== undefined) return complaint;
  const result = parametersOf(endpoint(name), version, given, secret === undefined ? undefined : new Secret(secret));
  return result.ok ? result.value : result.error;
}

const who = { username: "alice", ipaddr: "203.0.113.5", hostname: "wks01" };
const named = { user: "alice", ipaddr: "203.0.113.5", hostname: "wks01" };

describe("parameters of v2", () => {
  it("preauth: user, place, token, and that a code can be shown unless it is denied", () => {
    const given = { ...who, verifiedPush: true, trustedDeviceTokenStdin: true };
    const sent = { ...who, client_supports_verified_push: "1", trusted_device_token: "tok" };
    assert.deepEqual(made("preauth", "v2", given, "tok"), sent);
    assert.deepEqual(made("preauth", "v2", { userId: "DU1", verifiedPush: false }), { user_id: "DU1" });
  });

  it("auth: all of them", () => {
    const given = {
      ...who,
      factor: "push",
      device: "DP1",
      async: true,
      txid: "t9",
      type: "Change of address",
      displayUsername: "Alice L.",
      pushinfo: ["from=help desk", "a=b=c"],
    };
    assert.deepEqual(made("auth", "v2", given), {
      ...who,
      factor: "push",
      device: "DP1",
      async: "1",
      txid: "t9",
      type: "Change of address",
      display_username: "Alice L.",
      pushinfo: "from=help%20desk&a=b%3Dc",
    });
    const passcode = { username: "alice", factor: "passcode", passcodeStdin: true };
    assert.deepEqual(made("auth", "v2", passcode, "123456"), {
      username: "alice",
      factor: "passcode",
      passcode: "123456",
    });
  });

  it("auth-status, enroll, enroll-status", () => {
    assert.deepEqual(made("auth-status", "v2", { txid: "t9" }), { txid: "t9" });
    assert.deepEqual(made("enroll", "v2", {}), {});
    const enroll = { username: "zed", validSecs: "3600", bypassCodes: "2" };
    assert.deepEqual(made("enroll", "v2", enroll), { username: "zed", valid_secs: "3600", bypass_codes: "2" });
    const status = { user_id: "DU1", activation_code: "duo://x" };
    assert.deepEqual(made("enroll-status", "v2", { userId: "DU1" }, "duo://x"), status);
  });
});

describe("parameters of v1", () => {
  it("preauth names the user alone, and says nothing of verified pushes", () => {
    assert.deepEqual(made("preauth", "v1", { ...who, verifiedPush: true }), named);
  });

  it("auth: phone, code, and auto with a name or a passcode", () => {
    const push = { ...who, factor: "push", device: "phone1", async: true, pushinfo: ["a=b"] };
    assert.deepEqual(made("auth", "v1", push), {
      ...named,
      factor: "push",
      phone: "phone1",
      async: "1",
      pushinfo: "a=b",
    });
    const alice = { username: "alice" };
    const passcode = { ...alice, factor: "passcode", passcodeStdin: true };
    assert.deepEqual(made("auth", "v1", passcode, "123456"), { user: "alice", factor: "passcode", code: "123456" });
    const byName = { ...alice, factor: "auto", auto: "push1" };
    assert.deepEqual(made("auth", "v1", byName), { user: "alice", factor: "auto", auto: "push1" });
    const byCode = { ...alice, factor: "auto", passcodeStdin: true };
    assert.deepEqual(made("auth", "v1", byCode, "123456"), { user: "alice", factor: "auto", auto: "123456" });
  });

  it("auth-status", () => assert.deepEqual(made("auth-status", "v1", { txid: "t9" }), { txid: "t9" }));
});

describe("what is refused, and what to write instead", () => {
  const push = { username: "a", factor: "push" };
  const cases: readonly (readonly [EndpointName, ApiVersion, Given, RegExp])[] = [
    ["preauth", "v2", {}, /either --username or --user-id/],
    ["preauth", "v2", { username: "a", userId: "b" }, /either --username or --user-id/],
    ["auth", "v2", { factor: "push" }, /either --username or --user-id/],
    ["preauth", "v1", {}, /write --username/],
    ["preauth", "v1", { userId: "DU1" }, /v1 has no --user-id/],
    ["preauth", "v1", { username: "a", verifiedPush: false }, /v1 has no --no-verified-push/],
    ["preauth", "v1", { username: "a", trustedDeviceTokenStdin: true }, /v1 has no --trusted-device-token-stdin/],
    ["auth", "v1", { ...push, type: "x" }, /v1 has no --type/],
    ["auth", "v2", { ...push, auto: "push1" }, /v2 has no --auto/],
    ["auth", "v1", { username: "a", factor: "auto" }, /either --auto or --passcode-stdin/],
    ["auth", "v1", { username: "a", factor: "auto", auto: "push1", passcodeStdin: true }, /either --auto or/],
    ["auth", "v1", { username: "a", factor: "auto", auto: "123456" }, /read with --passcode-stdin/],
    ["auth", "v2", { ...push, passcodeStdin: true }, /goes with --factor passcode/],
    ["auth", "v2", { ...push, pushinfo: ["novalue"] }, /--pushinfo takes KEY=VALUE/],
    ["auth", "v2", { ...push, pushinfo: ["=v"] }, /--pushinfo takes KEY=VALUE/],
    ["auth", "v2", { ...push, pushinfo: [`a=${"x".repeat(19_998)}`] }, /less than 20000 bytes/],
    ["enroll", "v1", {}, /v1 has no enroll: write --api v2/],
    ["enroll-status", "v1", { userId: "DU1" }, /v1 has no enroll-status/],
    ["enroll", "v2", { validSecs: "soon" }, /--valid-secs takes a whole number/],
    ["enroll", "v2", { bypassCodes: "-1" }, /--bypass-codes takes a whole number/],
  ];
  for (const [name, version, given, wanted] of cases) {
    it(`${name} ${version} ${JSON.stringify(given).slice(0, 60)}`, () => {
      const said = made(name, version, given);
      assert.ok(typeof said === "string");
      assert.match(said, wanted);
    });
  }

  it("and the passcode is not quoted when it stands in the wrong place", () => {
    const said = made("auth", "v1", { username: "a", factor: "auto", auto: "987654" });
    assert.doesNotMatch(String(said), /987654/);
  });

  it("19999 bytes of pushinfo are taken", () => {
    assert.equal(typeof made("auth", "v2", { ...push, pushinfo: [`a=${"x".repeat(19_997)}`] }), "object");
  });
});

describe("the secret of a call", () => {
  const flag = (name: EndpointName, given: Given) => secretOf(endpoint(name), given)?.flags;

  it("is there when it is asked for or cannot be missing", () => {
    assert.equal(flag("auth", { factor: "passcode" }), "--passcode-stdin");
    assert.equal(flag("auth", { factor: "auto", passcodeStdin: true }), "--passcode-stdin");
    assert.equal(flag("auth", { factor: "push" }), undefined);
    assert.equal(flag("preauth", {}), undefined);
    assert.equal(flag("preauth", { trustedDeviceTokenStdin: true }), "--trusted-device-token-stdin");
    assert.equal(flag("enroll-status", {}), "--activation-code-stdin");
    assert.equal(flag("ping", {}), undefined);
  });

  it("has no option that takes it as an argument", () => {
    const secrets = ENDPOINTS.flatMap(({ parameters }) => parameters.filter(({ kind }) => kind === "secret"));
    assert.deepEqual(secrets.map(({ v2 }) => v2).sort(), ["activation_code", "passcode", "trusted_device_token"]);
    for (const { flags } of secrets) assert.match(flags, /^--[a-z-]+-stdin$/);
    const others = ENDPOINTS.flatMap(({ parameters }) => parameters.filter(({ kind }) => kind !== "secret"));
    for (const { v2 = "", v1 = "" } of others) assert.doesNotMatch(`${v2} ${v1}`, /passcode\b|code$|token|skey/);
  });
});
