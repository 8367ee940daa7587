// Mutants of what decides: policy/, gateway/ and login/.

import { type Mutant, mutantsOf } from "./mutant.ts";

const LOGIN = ["factor", "answers", "preauth", "stop", "remembered", "autopush", "one-push", "push-followers"].map(
  (name) => `unit/login/${name}`,
);

export const DECISION_MUTANTS: readonly Mutant[] = [
  ...mutantsOf(
    "src/policy/client-address.ts",
    ["unit/policy/client-address"],
    [
      ["!rhostTrusted || ", ""],
      ['rhost.includes("%") || ', ""],
      ["isIP(rhost) === 0", "false"],
    ],
  ),
  ...mutantsOf(
    "src/policy/groups.ts",
    ["unit/policy/groups"],
    [
      ["return hit(positive) && !hit(negated);", "return hit(positive);"],
      ["!userGroups.some((group) => matchesAny(negated, group))", "true"],
      ["!/[*?]/.test(pattern)", "false"],
      ['p[pi] === "?" || ', ""],
    ],
  ),
  ...mutantsOf(
    "src/policy/outcome.ts",
    ["unit/policy/outcome"],
    [
      ['if (phase === "after-factor") return { kind: "unavailable", reason: "outage-after-factor" };', ""],
      ['return failmode === "safe" ?', "return true ?"],
      ['return deny("duo-nonsense");', "return outage(phase, failmode);"],
      ['return deny("duo-refused");', "return outage(phase, failmode);"],
      ['return deny("out-of-time");', "return outage(phase, failmode);"],
      ['failure.stage === "auth" && ', ""],
    ],
  ),
  ...mutantsOf(
    "src/core/failure.ts",
    ["unit/policy/outcome", "unit/policy-failures"],
    [
      ['"bad-keys": "misconfiguration"', '"bad-keys": "outage"'],
      ['"invalid-response": "nonsense"', '"invalid-response": "outage"'],
      ['"proxy-refused": "misconfiguration"', '"proxy-refused": "outage"'],
      ['cancelled: "cancelled"', 'cancelled: "outage"'],
    ],
  ),
  ...mutantsOf(
    "src/policy/subject.ts",
    ["unit/policy/subject"],
    [
      ['SU_SERVICES.has(service) ? "caller-if-root" : "user"', '"user"'],
      ["Buffer.byteLength(name) <= NAME_MAX_BYTES && ", ""],
      ["\\p{Cc}\\p{Cf}", "\\p{Cc}"],
      ['name.trim() !== "" && ', ""],
    ],
  ),
  ...mutantsOf(
    "src/gateway/entrance.ts",
    ["unit/gateway/entrance"],
    [
      ["if (named.value.uid !== peer.uid)", "if (false)"],
      ["&& (peer.uid === 0 ||", "&& (true ||"],
      ['return door === "pam" && (peer', "return (peer"],
      ["if (!admitted) return", "if (false) return"],
      ["local === user && duo === duoUser", "duo === duoUser"],
      ["|| !rules.acceptFactor ||", "||"],
      ["callerUid: believed ? caller : peer.uid", "callerUid: caller"],
      ["rhostTrusted: believed ||", "rhostTrusted: true ||"],
      ["if (start.version !== PROTOCOL_VERSION)", "if (false)"],
      ["if (!named.ok) return", "if (!named.ok) return mapped(name, undefined, rules);\nif (!named.ok) return"],
    ],
  ),
  ...mutantsOf(
    "src/gateway/transaction.ts",
    ["unit/gateway/transaction"],
    [
      ["stopped === undefined ? outcome.verdict : verdictOfStop(stopped)", "outcome.verdict"],
      ["log.decision(decision);", ""],
      ["start.facts.budget - BUDGET_MARGIN_MS", "start.facts.budget"],
      ["nonce: start.nonce", "nonce: Buffer.alloc(16)"],
      ['this.#scope.stop("protocol-violation");', ""],
    ],
  ),
  ...mutantsOf(
    "src/gateway/dialogue.ts",
    ["unit/gateway/dialogue"],
    [
      ['this.#state === "prompting" ? "answer" : undefined', '"answer"'],
      ['if (message === "prompt") this.#state = "prompting";', ""],
      ['this.#state = message === wanted ? "started" : "ended"', 'this.#state = "started"'],
      ['this.#welcomed === (message === "welcome")', "false"],
    ],
  ),
  ...mutantsOf(
    "src/gateway/channel.ts",
    ["unit/gateway/channel", "unit/gateway/transaction"],
    [
      ["bytes.fill(0);", ""],
      ["payload.fill(0);", ""],
      ['if (this.#dialogue.state === "ended") return;', ""],
      ["this.#decoder.wipe();", ""],
    ],
  ),
  ...mutantsOf(
    "src/gateway/admission.ts",
    ["unit/gateway/admission"],
    [
      ["if (this.#sockets[door].logins >= maxLogins) return false;", ""],
      ["(this.#owners[door].get(owner) ?? 0) < own", "true"],
      ["shareOf(maxLogins) :", "maxLogins :"],
      ["this.#clock.now() - oldest.since < SILENT_MS", "false"],
      ["began = waiting.has(mine) && ", "began = "],
      ['if (door === "pam" && waiting.size >= WAITING_MAX.pam) cutOldest(waiting, waiting);', ""],
      ['if (door === "pam" || oldest === undefined', "if (oldest === undefined"],
    ],
  ),
  ...mutantsOf(
    "src/gateway/transaction.ts",
    ["unit/gateway/transaction"],
    [['kind !== "allow" && sentUnasked ? "max-tries" : kind', "kind"]],
  ),
  ...mutantsOf("src/login/settle.ts", LOGIN, [
    ['if (state.result === "allow") {', 'if (state.result !== "deny") {'],
    ["devices.forget(deviceHolder(context));", ""],
    ['record.factorWanted ? "after-factor" : "before-factor"', '"before-factor"'],
    ['return ended(deny("fraud-reported"));', 'return { kind: "again", notice: WORDS.failed };'],
    ['return ended(deny("locked-out"));', 'return { kind: "again", notice: WORDS.failed };'],
    ["if (mayChooseAgain(failure)) return", "if (false) return"],
  ]),
  ...mutantsOf("src/login/factor-call.ts", LOGIN, [
    ["untilMs: clock.now() + FACTOR_LIFETIME_MS", "untilMs: Number.MAX_SAFE_INTEGER"],
    ["record.factorsSent += 1;", ""],
    ['if (record.factor === "push") record.pushes += 1;', ""],
    ["flight?.answered(reply);", ""],
  ]),
  ...mutantsOf("src/login/attempt.ts", LOGIN, [
    ["context.record.factorWanted = true;", ""],
    ['if (preauth.value.kind !== "allow") devices.forget(holder);', ""],
    ["devices.get(holder)", "undefined"],
  ]),
  ...mutantsOf(
    "src/login/gate.ts",
    ["unit/login/gate"],
    [
      ['if (!isUsableName(facts.user)) return badName(facts.user, "login", []);', ""],
      ['if (!isUsableName(name)) return badName(name, "duo", [who]);', ""],
      ["if (!group.ok) return", "if (!group.ok && false) return"],
      [
        'if (user === undefined) return unknownGroups("the user could not be looked up");',
        'if (user === undefined) return { outside: true, reason: { kind: "everybody" } };',
      ],
      ['rule === "caller-if-root" && target.value.uid === 0', 'rule === "caller-if-root"'],
      ["if (!isUsableName(caller.value.name)) return", "if (false) return"],
      [
        "if (policy.groups.length === 0) return { outside: false,",
        "if (policy.groups.length === 0) return { outside: true,",
      ],
    ],
  ),
  ...mutantsOf(
    "src/login/push-slots.ts",
    ["unit/login/push-slots"],
    [
      ["return this.#before(keys, this.#waiting) > 0 ? undefined : this.#hold(keys);", "return this.#hold(keys);"],
      ["if (!waiter.keys.some((key) => taken.has(key))) served", "served"],
      ["for (const key of waiter.keys) taken.add(key);", ""],
      ["if (this.#held.delete(keys)) this.#serve();", "this.#held.delete(keys);"],
      ["granted?.();", ""],
      ["this.#waiting = this.#waiting.filter((other) => other !== waiter);", ""],
    ],
  ),
  ...mutantsOf(
    "src/login/user-keys.ts",
    ["unit/login/push-slots"],
    [
      ['user.normalize("NFC").toLowerCase()', "user"],
      ["phones === undefined ? [name] :", "phones !== undefined ? [name] :"],
    ],
  ),
  ...mutantsOf(
    "src/login/turn.ts",
    ["unit/login/push-slots"],
    [
      ["scope.onStop(() => this.leave());", ""],
      ["if (!open) return;", ""],
      ["place.leave();", ""],
      ["if (this.#over) return;", ""],
    ],
  ),
  ...mutantsOf(
    "src/login/take-slot.ts",
    ["unit/login/push-slots"],
    [
      ["release !== undefined && scope.remainingMs >= LEAST_FOR_PUSH_MS", "release !== undefined"],
      ["if (!facts.interactive) return true;", "return true;"],
    ],
  ),
  ...mutantsOf(
    "src/login/text-pace.ts",
    ["unit/login/text-pace"],
    [
      ["if (keys.some((key) => this.#taken.has(key))) return false;", ""],
      ["for (const key of this.#taken.get(name)?.keys ?? []) this.#taken.delete(key);", ""],
    ],
  ),
  ...mutantsOf("src/login/factor.ts", LOGIN, [[" && facts.again !== true", ""]]),
  ...mutantsOf(
    "src/login/trusted-devices.ts",
    ["unit/login/trusted-devices"],
    [
      ["Math.min(KEEP_MAX_MS, this.#lifetimeOf(token))", "this.#lifetimeOf(token)"],
      ["if (this.#clock.now() < entry.until) return", "if (true) return"],
      ["[ikey, fold(username), ipaddr]", "[fold(username), ipaddr]"],
      ["fold(username), ipaddr]);", "ipaddr]);"],
    ],
  ),
  ...mutantsOf(
    "src/login/verified-push.ts",
    ["unit/login/verified-push"],
    [
      ['cancel.abort("the user has left");', ""],
      ['if (answer?.kind === "cancelled") return', "if (false) return"],
    ],
  ),
  ...mutantsOf(
    "src/login/answer.ts",
    ["unit/login/answers", "fuzz/answer"],
    [
      ["return PASSCODE.test(passcode) ?", "return true ?"],
      ["/^\\d{1,3}$/.test(text)", "/^\\d{1,4}$/.test(text)"],
    ],
  ),
  ...mutantsOf(
    "src/cli/daemon/daemon.ts",
    ["integration/reload"],
    [["if (keysChanged) this.#devices.revokeAll();", ""]],
  ),
];
