// The promise of `duogate explain`: it and a login agree. Random users, services, rules, broken look-ups and answers of Duo go
// through both; verdict, name, address, and whether a factor is sent unasked have to be the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { policyOf } from "../../../../src/cli/daemon/generation.ts";
import { explain } from "../../../../src/cli/explain/explain.ts";
import { parseConfig } from "../../../../src/config/parse.ts";
import { displayText } from "../../../../src/core/display-text.ts";
import { DUO_FAILURE_CODES, type DuoFailureCode } from "../../../../src/core/failure.ts";
import { Scope } from "../../../../src/core/scope.ts";
import type { Secret } from "../../../../src/core/secret.ts";
import type { DuoSubject, Preauth } from "../../../../src/duo/api.ts";
import { login } from "../../../../src/login/login.ts";
import type { Directory } from "../../../../src/login/ports.ts";
import { PushFollowers } from "../../../../src/login/push-followers.ts";
import { PushSlots } from "../../../../src/login/push-slots.ts";
import { TextPace } from "../../../../src/login/text-pace.ts";
import { TrustedDevices } from "../../../../src/login/trusted-devices.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { FakeConversation } from "../../../support/fake-conversation.ts";
import { FakeDirectory } from "../../../support/fake-directory.ts";
import { FakeDuo, failure, final } from "../../../support/fake-duo.ts";
import { REQUIRED } from "../../config/samples.ts";
import { askFor, decided, option } from "../../login/scene.ts";

const ACCOUNTS = [
  { name: "root", uid: 0, groups: ["root"], gecos: "root" },
  { name: "alice", uid: 1000, groups: ["alice", "staff"], gecos: "Alice,,,,a.example" },
  { name: "bob", uid: 1001, groups: ["bob", "wheel"], gecos: "" },
  { name: "CORP\\Carol", uid: 1002, groups: ["staff"], gecos: "bad\x1b[2J" },
];

const fault = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom("timeout", "not-found") },
);
const someOf = (lines: readonly string[]) => fc.subarray([...lines]);

const preauths = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Preauth>(
      decided("allow", "Bypass"),
      decided("deny", "Locked out"),
      { kind: "enroll", message: displayText(""), url: displayText("https://example.org") },
      askFor(),
      askFor([]),
      askFor([option("sms")]),
      askFor(undefined, "123456"),
      { ...(askFor() as Extract<Preauth, { kind: "auth" }>), verifiedPush: { txid: undefined, code: undefined } },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<DuoFailureCode>(...DUO_FAILURE_CODES.filter((code) => code !== "cancelled")),
  },
);

const cases = fc.record({
  user: fc.constantFrom("root", "alice", "alice", "bob", "bob", "CORP\\Carol", "mallory", "a\nb"),
  service: fc.constantFrom("sshd", "su", "su-l", "sudo", "login"),
  caller: fc.constantFrom("root", "alice", "bob"),
  from: fc.constantFrom(undefined, "", "203.0.113.5", "::ffff:198.51.100.1", "host.example"),
  interactive: fc.boolean(),
  failmode: fc.constantFrom("safe", "secure"),
  lines: someOf(["autopush = yes", "prompts = 1", "send_gecos = yes", "gecos_username_pos = 5", "subject = caller"]),
  names: someOf(["username_strip_domain = yes", "username_lower = yes", "username_suffix = @example.org"]),
  groups: fc.constantFrom([], ["groups = wheel"], ["groups = st*,!wheel"], ["groups = nowhere bob"]),
  address: fc.constantFrom([], ["fallback_local_ip = yes"]),
  faults: fc.record({ user: fault, groups: fault, group: fault }),
  preauth: preauths,
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function configOf({ failmode, lines, names, groups, address }: Case) {
  const text = REQUIRED.replace("failmode = secure", `failmode = ${failmode}`);
  const parsed = parseConfig([text.trimEnd(), ...lines, ...names, ...groups, ...address, ""].join("\n"), "test.conf");
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

function directoryOf({ faults }: Case): FakeDirectory {
  const present = Object.entries(faults).filter(([, code]) => code !== undefined);
  return new FakeDirectory(ACCOUNTS, Object.fromEntries(present));
}

const serverAddress = () => Promise.resolve("192.0.2.7");

async function explained(one: Case, callerUid: number) {
  const asked: DuoSubject[] = [];
  const { user, service, from, interactive, preauth } = one;
  // The caller's uid is looked up by the name before the login's own look-ups, which the faults are meant for.
  const faulty = directoryOf(one);
  let isFirst = true;
  const directory: Directory = {
    lookupUser(name) {
      const whole = isFirst ? ACCOUNTS_OK : faulty;
      isFirst = false;
      return whole.lookupUser(name);
    },
    lookupUid: (uid) => faulty.lookupUid(uid),
    lookupGroup: (name) => faulty.lookupGroup(name),
    lookupGroups: (name, gid) => faulty.lookupGroups(name, gid),
  };
  const caller = ACCOUNTS.find(({ uid }) => uid === callerUid)?.name;
  const result = await explain(
    { user, service, from, interactive, caller, duoUser: undefined },
    {
      config: configOf(one),
      originOf: () => undefined,
      directory,
      serverAddress,
      pam: undefined,
      askPreauth: (_settings, subject) => {
        asked.push(subject);
        const ok = typeof preauth !== "string";
        return Promise.resolve(ok ? { ok, value: preauth } : { ok, error: failure(preauth) });
      },
    },
  );
  assert.ok(result.ok, JSON.stringify(result));
  return { ...result.value, asked };
}

const ACCOUNTS_OK = new FakeDirectory(ACCOUNTS);

async function loggedIn(one: Case, callerUid: number) {
  const { user, service, from, interactive, preauth } = one;
  const clock = new FakeClock();
  const auth = Array.from({ length: 3 }, () => final("deny", "fraud"));
  const duo = new FakeDuo({ preauth: [preauth], auth });
  const cancelled = { cancelled: "user-cancelled" } as const;
  const conversation = new FakeConversation([cancelled, cancelled, cancelled]);
  const facts = { user, service, rhost: from, rhostTrusted: true, callerUid, interactive, showsMessages: true };
  const outcome = await clock.run(
    login({
      facts: { ...facts, budgetMs: 100_000 },
      requestId: "3f2c9a10",
      policy: policyOf(configOf(one).duo, "wks01"),
      conversation,
      duo,
      directory: directoryOf(one),
      serverAddress,
      slots: new PushSlots(),
      texts: new TextPace(clock),
      followers: new PushFollowers({ clock, onDefect: (error) => assert.fail(String(error)) }),
      keepDuo: () => () => undefined,
      devices: new TrustedDevices(clock),
      clock,
      scope: new Scope(clock),
      givenFactor: undefined as Secret | undefined,
    }),
  );
  return {
    ...outcome,
    duo,
    codeFirst: /Press Enter here(, then enter the code| to get it)/.test(conversation.texts("prompt")[0] ?? ""),
  };
}

test("explain and a login agree about everything that explain says", async () => {
  let factors = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const callerUid = ACCOUNTS.find(({ name }) => name === one.caller)?.uid ?? 0;
      const { explanation, asked } = await explained(one, callerUid);
      const real = await loggedIn(one, callerUid);
      const subjects = real.duo.calls.flatMap((call) => (call.stage === "preauth" ? [call.subject] : []));
      const strip = ({ username, ipaddr }: DuoSubject) => ({ username, ipaddr });
      assert.deepEqual(asked.map(strip), subjects.slice(0, 1).map(strip));
      const { outcome } = explanation;
      if (outcome.kind === "ended") {
        assert.deepEqual([outcome.verdict, outcome.reason], [real.verdict.kind, real.verdict.reason]);
      } else {
        factors += 1;
        assert.equal(outcome.kind, "factor-wanted");
        assert.ok(real.record.factorWanted);
        const sendsUnasked = explanation.steps.some(({ text }) => / at once; /.test(text));
        assert.equal(sendsUnasked, real.duo.count("auth") > 0 || real.codeFirst);
        assert.equal(outcome.username, real.record.duoUser);
      }
    }),
    { numRuns: 600 },
  );
  assert.ok(factors > 40, "hardly any case came as far as a factor");
});
