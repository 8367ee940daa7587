// Whole logins in each dialect: login/ over the real service, transport and TLS against the emulator. What the user is shown
// and how it ends must not depend on the dialect, but for the menu.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, describe, it } from "node:test";
import { systemClock } from "../../src/core/clock.ts";
import type { LoginFacts } from "../../src/core/facts.ts";
import { Scope } from "../../src/core/scope.ts";
import { Secret } from "../../src/core/secret.ts";
import { type DuoDialect, dialectOf } from "../../src/duo/dialect.ts";
import { createDuoService, type DuoService } from "../../src/duo/service.ts";
import type { LoginPolicy } from "../../src/login/context.ts";
import { login } from "../../src/login/login.ts";
import { PushFollowers } from "../../src/login/push-followers.ts";
import { PushSlots } from "../../src/login/push-slots.ts";
import { TextPace } from "../../src/login/text-pace.ts";
import { TrustedDevices } from "../../src/login/trusted-devices.ts";
import { READING_MS } from "../../src/login/unread.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { AWAITED } from "../support/awaited-prompts.ts";
import { noEvents } from "../support/duo-service.ts";
import { FakeConversation, type Reply } from "../support/fake-conversation.ts";
import { FakeDirectory } from "../support/fake-directory.ts";
import { startDaemon } from "../support/gateway.ts";
import { LOGIN_NAME } from "../unit/login/scene.ts";

interface Login {
  readonly user?: string;
  readonly replies?: readonly Reply[];
  readonly facts?: Partial<LoginFacts>;
  readonly policy?: Partial<LoginPolicy>;
  readonly onPrompt?: (text: string, conversation: FakeConversation) => void;
}

const PHONE = { device: "DPHEIDI0000000000001", number: "XXX-XXX-0107", display_name: "iOS" } as const;
const MENUS = { one: ["push"], two: ["push", "phone"], three: ["push", "phone", "sms"] } as const;

let emulator: Emulator;
const services = new Map<DuoDialect, DuoService>();
const DIALECTS: readonly DuoDialect[] = ["v2", "v1", "unix"];

before(async () => {
  emulator = await startEmulator({ longPollMs: 500 });
  const ca = readFileSync(emulator.caFile, "utf8");
  for (const api of DIALECTS) services.set(api, service(api, ca));
});
afterEach(() => emulator.reset());
after(async () => {
  for (const one of services.values()) await one.close();
  await emulator?.close();
});

function service(api: DuoDialect, ca: string): DuoService {
  const { ikey, port } = emulator;
  const place = {
    host: "localhost",
    port,
    ikey,
    skey: new Secret(emulator.skey),
    caCertificates: [ca],
    httpProxy: undefined,
  };
  const times = { connectTimeoutMs: 5000, requestTimeoutMs: 5000, pollTimeoutMs: 5000, bodyTimeoutMs: 5000 };
  const settings = { ...place, ...times, api, failmode: "secure", keepWarmMs: 0, userAgent: "duogate/test" } as const;
  return createDuoService(settings, systemClock, noEvents);
}

async function run(dialect: DuoDialect, { user = "alice", replies = [], facts, policy, onPrompt }: Login) {
  const duo = services.get(dialect);
  assert.ok(duo);
  const conversation: FakeConversation = new FakeConversation(
    replies,
    (text) => onPrompt?.(text, conversation),
    () => {
      readMs += READING_MS;
    },
  );
  let readMs = 0;
  const rhost = "203.0.113.7";
  const observed = {
    user,
    service: "login",
    rhost,
    rhostTrusted: true,
    callerUid: 0,
    budgetMs: 60_000,
    interactive: true,
    showsMessages: true,
  };
  const standing = { failmode: "secure", prompts: 3, autopush: false, pushinfo: false, groups: [] } as const;
  // A login that hangs ends here, as an error of the test and not of the whole run.
  const scope = new Scope(systemClock);
  scope.stopAfter(10_000);
  const followers = new PushFollowers({ clock: systemClock, onDefect: (error) => assert.fail(String(error)) });
  const { verdict, record } = await login({
    facts: { ...observed, ...facts },
    policy: { ...standing, ikey: "DI1", hostname: "wks01", identity: LOGIN_NAME, fallbackLocalIp: false, ...policy },
    requestId: "3f2c9a10",
    conversation,
    duo: duo.api,
    directory: new FakeDirectory([{ name: user, uid: 1000 }]),
    serverAddress: () => Promise.resolve(undefined),
    slots: new PushSlots(),
    texts: new TextPace(systemClock),
    followers,
    keepDuo: () => () => undefined,
    devices: new TrustedDevices(systemClock),
    // Whoever presses Enter has read what is above.
    clock: { ...systemClock, now: () => systemClock.now() + readMs },
    scope,
  });
  scope.stop("finished");
  await followers.close();
  return { ended: `${verdict.kind} ${verdict.reason}`, conversation, record };
}

for (const dialect of DIALECTS) {
  describe(`a login in the dialect ${dialect}`, () => {
    it("passes ping and check, with the signature of its document", async () => {
      const duo = services.get(dialect);
      const ping = await duo?.ping(new AbortController().signal);
      assert.ok(ping?.ok && ping.value.time !== undefined && ping.value.believable);
      assert.ok((await duo?.check(new AbortController().signal))?.ok);
      assert.equal(dialectOf(dialect).signature, dialect === "v1" ? "v2-sha1" : "v2");
    });

    it("push: the menu, one push with address, machine and lines, allow", async () => {
      emulator.whenPushed("alice", "approve");
      const { ended, conversation, record } = await run(dialect, {
        replies: ["1"],
        policy: { pushinfo: true },
        facts: { command: "ls -l" },
      });
      assert.deepEqual([ended, record.factor], ["allow duo-approved", "push"]);
      assert.match(
        conversation.texts("prompt")[0] ?? "",
        /1\. Duo Push to XXX-XXX-0100[\s\S]*Passcode or option \(1-3\): $/,
      );
      const [push] = emulator.pushes;
      assert.deepEqual([emulator.pushes.length, push?.ipaddr, push?.hostname], [1, "203.0.113.7", "wks01"]);
      assert.deepEqual(
        push?.info.filter(({ key }) => key === "Command"),
        [{ key: "Command", value: "ls -l" }],
      );
      assert.equal(record.duoTxid, push?.txid);
    });

    it("the menu is Duo's own where Duo makes one", async () => {
      const { conversation } = await run(dialect, { user: "bob", replies: [{ cancelled: "user-cancelled" }] });
      const [prompt = ""] = conversation.texts("prompt");
      assert.match(prompt, /^Duo two-factor login for bob\n/);
      // Only ours marks what Enter takes.
      assert.equal(prompt.includes("[Enter]"), dialect === "v2");
    });

    for (const [user, capabilities] of Object.entries(MENUS)) {
      it(`the prompt of ${user} is what scripts made for Duo Unix wait for`, async () => {
        emulator.setUser(user, { status: "active", phones: [{ ...PHONE, capabilities }] });
        const { conversation } = await run(dialect, { user, replies: [{ cancelled: "user-cancelled" }] });
        const [prompt = ""] = conversation.texts("prompt");
        for (const pattern of AWAITED) assert.match(prompt, pattern);
      });
    }

    it("denied, then a passcode: allow", async () => {
      emulator.whenPushed("alice", "deny");
      const { ended, record } = await run(dialect, { replies: ["push1", "100001"] });
      assert.deepEqual([ended, record.attempts, record.factor], ["allow duo-approved", 2, "passcode"]);
      assert.equal(emulator.pushes.length, 1);
    });

    it("the phone: rung, picked up, allow", async () => {
      emulator.whenPushed("bob", "approve", { delayMs: 50 });
      const { ended, record } = await run(dialect, { user: "bob", replies: ["phone2"] });
      assert.deepEqual([ended, record.factor], ["allow duo-approved", "phone"]);
      assert.deepEqual([emulator.pushes[0]?.factor, emulator.pushes[0]?.device], ["phone", "DPBOB000000000000002"]);
    });

    it("sms: codes are sent, and one of them lets in", async () => {
      let asked = 0;
      const { ended, record } = await run(dialect, {
        replies: ["sms", { held: true }],
        onPrompt: (_, conversation) => {
          asked += 1;
          if (asked === 2) setImmediate(() => conversation.answer(emulator.messages[0]?.codes[0] ?? ""));
        },
      });
      assert.deepEqual([ended, record.factor, emulator.messages.length], ["allow duo-approved", "passcode", 1]);
    });

    it("a wrong passcode three times is the end", async () => {
      const { ended, conversation } = await run(dialect, { replies: ["000001", "000002", "000003"] });
      assert.equal(ended, "max-tries prompts-used-up");
      assert.match(conversation.texts("prompt")[1] ?? "", /^Incorrect passcode/);
    });

    it("tokens only: the question for a passcode, and autopush of nothing", async () => {
      const { ended, conversation } = await run(dialect, {
        user: "grace",
        replies: ["700001"],
        policy: { autopush: true },
      });
      assert.equal(ended, "allow duo-approved");
      assert.match(conversation.texts("prompt")[0] ?? "", /Passcode: $/);
    });

    it("autopush pushes to the default once, and then asks", async () => {
      emulator.whenPushed("alice", "deny");
      const policy = { autopush: true };
      const { ended } = await run(dialect, { policy, replies: ["100001"] });
      assert.deepEqual([ended, emulator.pushes.length], ["allow duo-approved", 1]);
    });

    for (const [user, wanted, words] of [
      ["carol", "allow duo-bypass", undefined],
      ["erin", "deny duo-denied", /./],
      ["frank", "deny duo-denied", /locked out/],
      ["dave", "deny not-enrolled", /https:\/\//],
    ] as const) {
      it(`${user}: ${wanted} without a factor`, async () => {
        const { ended, conversation } = await run(dialect, { user });
        assert.equal(ended, wanted);
        assert.deepEqual(conversation.texts("prompt"), []);
        if (words !== undefined) assert.match(conversation.texts("error").join("\n"), words);
      });
    }

    it("is denied when the answer that decides is not understood", async () => {
      for (const endpoint of ["preauth", "auth", "auth_status"] as const) {
        emulator.reset();
        emulator.whenPushed("alice", "approve");
        emulator.fault(endpoint, { kind: "wrong-types" });
        const { ended } = await run(dialect, { replies: ["1"] });
        assert.equal(ended, "deny duo-nonsense", endpoint);
      }
    });
  });
}

for (const dialect of ["v2", "unix"] as const) {
  describe(`a verified push in the dialect ${dialect}`, () => {
    it("stands in a prompt, is typed into the phone, and is written down nowhere", async () => {
      emulator.setPolicy({ verifiedPushDigits: 6 });
      let code = "";
      const { ended, conversation, record } = await run(dialect, {
        replies: ["1", { held: true }],
        onPrompt: (text, talk) => {
          code = /code (\d{6})/.exec(text)?.[1] ?? "";
          if (code !== "") void emulator.nextPush("alice").then(() => approveWith(code, talk));
        },
      });
      assert.deepEqual([ended, code.length, emulator.pushes.length], ["allow duo-approved", 6, 1]);
      const others = [...conversation.texts("info"), ...conversation.texts("error"), JSON.stringify(record)];
      assert.ok(!others.join("\n").includes(code));
    });
  });
}

for (const dialect of ["v2", "unix"] as const) {
  it(`autopush and a verified push in the dialect ${dialect}: the code, then the push, and no menu`, async () => {
    emulator.setPolicy({ verifiedPushDigits: 6 });
    let pushesAtPrompt = -1;
    const { ended, conversation } = await run(dialect, {
      policy: { autopush: true },
      replies: [{ held: true }],
      onPrompt: (text, talk) => {
        pushesAtPrompt = emulator.pushes.length;
        const code = /code (\d{6})/.exec(text)?.[1];
        void emulator.nextPush("alice").then(() => emulator.approve("alice", code));
        setImmediate(() => talk.answer(""));
      },
    });
    assert.deepEqual([ended, pushesAtPrompt, emulator.pushes.length], ["allow duo-approved", 0, 1]);
    assert.equal(conversation.texts("prompt").length, 1);
    assert.doesNotMatch(conversation.texts("prompt")[0] ?? "", /Passcode or option/);
  });
}

it("a verified push whose code comes after it: prompted for at once, over sshd too", async () => {
  emulator.setPolicy({ verifiedPushDigits: 6 });
  const prompt = { text: " 1. Duo Push\n\nPasscode or option (1-1): ", factors: { "1": "verified_push1" } };
  const text = JSON.stringify({ stat: "OK", response: { result: "auth", prompt } });
  emulator.fault("preauth", { kind: "body", text, processed: true }, { times: 1 });
  let code = "";
  const { ended, conversation } = await run("unix", {
    facts: { service: "sshd" },
    replies: ["1", { held: true }],
    onPrompt: (shown, talk) => {
      code = /verification code (\d{6})/.exec(shown)?.[1] ?? "";
      if (code !== "") approveWith(code, talk);
    },
  });
  assert.deepEqual([ended, code.length, emulator.pushes.length], ["allow duo-approved", 6, 1]);
  assert.equal(conversation.texts("prompt").length, 2);
  assert.ok(!conversation.texts("info").join("\n").includes(code));
});

it("autopush and a verified push whose code comes after it: Enter, the push, its code, and no menu", async () => {
  emulator.setPolicy({ verifiedPushDigits: 6 });
  const factors = { default: "verified_push1", "1": "verified_push1" };
  const prompt = { text: " 1. Duo Push\n\nPasscode or option (1-1): ", factors };
  const text = JSON.stringify({ stat: "OK", response: { result: "auth", prompt } });
  emulator.fault("preauth", { kind: "body", text, processed: true }, { times: 1 });
  const { ended, conversation } = await run("unix", {
    facts: { service: "sshd" },
    policy: { autopush: true },
    replies: ["", { held: true }],
    onPrompt: (shown, talk) => {
      const code = /verification code (\d{6})/.exec(shown)?.[1];
      if (code !== undefined) approveWith(code, talk);
    },
  });
  assert.deepEqual([ended, emulator.pushes.length], ["allow duo-approved", 1]);
  assert.equal(conversation.texts("prompt").length, 2);
  assert.doesNotMatch(conversation.texts("prompt").join("\n"), /Passcode or option/);
});

it("the daemon speaks what api = v1 in its configuration says", async () => {
  const checked = emulator.nextRequest("check");
  const daemon = await startDaemon({ duo: emulator, duoLines: ["api = v1"] });
  try {
    assert.equal((await checked).path, "/rest/v1/check");
    await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
  } finally {
    await daemon.stop();
  }
});

/** The user types the code into the phone and presses Enter at the terminal. */
function approveWith(code: string, conversation: FakeConversation): void {
  emulator.approve("alice", code);
  setImmediate(() => conversation.answer(""));
}
