// What can happen between the password and the shell, told once and played behind every door by logins.test.ts. A
// scene types and reads; how it must end stands beside it.

import { setTimeout } from "node:timers/promises";
import { READING_MS } from "../../src/login/unread.ts";
import type { EmulatorPolicy } from "../emulator/store/policy.ts";
import { choose, MENU, RING_DEADLINE_MS, ring, type Stage } from "./stage.ts";

export interface Scene {
  readonly name: string;
  /** Default alice. */
  readonly user?: string;
  readonly policy?: Partial<EmulatorPolicy>;
  readonly verdict: string;
  readonly reason: string;
  /** Pushes and calls that must have reached a phone, all in all. */
  readonly rings: number;
  play(stage: Stage): Promise<void>;
}

export const SCENES: readonly Scene[] = [
  {
    name: "a push that is chosen from the menu and approved",
    verdict: "allow",
    reason: "duo-approved",
    rings: 1,
    async play({ screen, duo, door, user }) {
      await screen.waitFor(`Duo two-factor login for ${user}`);
      await screen.waitFor("1. Duo Push to XXX-XXX-0100 [Enter]");
      await screen.waitFor("2. Phone call to XXX-XXX-0100");
      await screen.waitFor("3. SMS passcodes to XXX-XXX-0100 (next code starts with: 1)");
      await choose({ screen }, "1");
      await ring(duo, user);
      if (door.showsStatusAtOnce) {
        await screen.waitFor("Pushed a login request to your device...");
      }
      duo.approve(user);
    },
  },
  {
    name: "Enter for the default factor",
    verdict: "allow",
    reason: "duo-approved",
    rings: 1,
    async play({ screen, duo, user }) {
      await screen.waitFor(MENU);
      // The daemon tells a person from a program by this time alone, so it is part of what is tested.
      await setTimeout(READING_MS);
      screen.sendLine("");
      await ring(duo, user);
      duo.approve(user);
    },
  },
  {
    name: "a passcode",
    verdict: "allow",
    reason: "duo-approved",
    rings: 0,
    play: ({ screen }) => choose({ screen }, "100001"),
  },
  {
    name: "SMS codes, then one of them",
    verdict: "allow",
    reason: "duo-approved",
    rings: 0,
    async play({ screen, duo, user }) {
      await choose({ screen }, "3");
      const message = await duo.nextMessage(user, { signal: AbortSignal.timeout(RING_DEADLINE_MS) });
      await screen.waitFor("New SMS passcodes sent.");
      await choose({ screen }, message.codes[0] ?? "");
    },
  },
  {
    name: "a phone call",
    verdict: "allow",
    reason: "duo-approved",
    rings: 1,
    async play({ screen, duo, door, user }) {
      await choose({ screen }, "phone");
      await ring(duo, user);
      if (door.showsStatusAtOnce) {
        await screen.waitFor("Dialing XXX-XXX-0100...");
        duo.pickUp(user);
        await screen.waitFor("Answered. Press any key to log in.");
      }
      duo.approve(user);
    },
  },
  {
    name: "a push that is denied, then a passcode",
    verdict: "allow",
    reason: "duo-approved",
    rings: 1,
    async play({ screen, duo, user }) {
      await choose({ screen }, "1");
      await ring(duo, user);
      duo.deny(user);
      await screen.waitFor("Login request denied.");
      await choose({ screen }, "100002");
    },
  },
  {
    name: "a push that nobody answers, then a wrong passcode, then a right one",
    policy: { pushLifeMs: 200 },
    verdict: "allow",
    reason: "duo-approved",
    rings: 1,
    async play({ screen, duo, user }) {
      await choose({ screen }, "push");
      await ring(duo, user);
      await screen.waitFor("Login timed out.");
      await choose({ screen }, "999999");
      await screen.waitFor("Incorrect passcode. Please try again.");
      await choose({ screen }, "100003");
    },
  },
  {
    name: "three refusals",
    verdict: "max-tries",
    reason: "prompts-used-up",
    rings: 2,
    async play({ screen, duo, user }) {
      duo.whenPushed(user, "deny");
      await choose({ screen }, "1");
      await screen.waitFor("Login request denied.");
      await choose({ screen }, "1");
      await screen.waitFor("Login request denied.");
      await choose({ screen }, "no such option");
    },
  },
  {
    name: "a push reported as fraud ends it at once",
    verdict: "deny",
    reason: "fraud-reported",
    rings: 1,
    async play({ screen, duo, user }) {
      duo.whenPushed(user, "fraud");
      await choose({ screen }, "1");
    },
  },
  {
    name: "a verified push shows its code inside a prompt",
    policy: { verifiedPushDigits: 6 },
    verdict: "allow",
    reason: "duo-approved",
    rings: 1,
    async play({ screen, duo, user }) {
      await choose({ screen }, "1");
      const match = await screen.waitFor(/enter the code (\d{6}) in Duo Mobile\.\nThen press Enter here: $/u);
      await ring(duo, user);
      duo.approve(user, match[1]);
      screen.sendLine("");
    },
  },
  {
    name: "a bypassed user is asked nothing",
    user: "carol",
    verdict: "allow",
    reason: "duo-bypass",
    rings: 0,
    play: async () => undefined,
  },
  {
    name: "a user who is not enrolled is refused and told so",
    user: "dave",
    verdict: "deny",
    reason: "not-enrolled",
    rings: 0,
    play: async ({ screen, door }) => {
      if (door.showsStatusAtOnce) {
        await screen.waitFor("Enroll an authentication device to proceed");
      }
    },
  },
  {
    name: "a locked-out user is refused",
    user: "frank",
    verdict: "deny",
    reason: "duo-denied",
    rings: 0,
    play: async ({ screen, door }) => {
      if (door.showsStatusAtOnce) {
        await screen.waitFor("Your account has been locked out.");
      }
    },
  },
  {
    name: "Ctrl-C at the menu",
    verdict: "aborted",
    reason: "(user-cancelled|helper-gone)",
    rings: 0,
    async play({ screen }) {
      await screen.waitFor(MENU);
      await screen.interrupt();
    },
  },
];
