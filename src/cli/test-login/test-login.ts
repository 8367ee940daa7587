// `duogate test-login SERVICE USER`: one login through the real PAM stack, with the person at the terminal as its user. It
// opens no session and lets nobody in: it tells what PAM says. `duogate enable` uses the same.

import { displayText } from "../../core/display-text.ts";
import { type PamFailure, type PamResult, type PamStepResult, runPam } from "../../ffi/pam.ts";
import type { PamMessage } from "../../ffi/pam-channel.ts";
import { EXIT } from "../exit-codes.ts";
import { stepText } from "./meaning.ts";
import type { Terminal } from "./terminal.ts";

export interface TestLoginOptions {
  readonly service: string;
  readonly user: string;
  /** A folder in the place of /etc/pam.d. */
  readonly confdir: string | undefined;
  readonly rhost: string | undefined;
  readonly tty: string | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface TestLoginParts {
  readonly terminal: Terminal;
  readonly print: (line: string) => void;
  /** Takes the place of libpam in tests. */
  readonly run?: typeof runPam;
}

export type TestLogin =
  | { readonly kind: "let-in" }
  | { readonly kind: "refused"; readonly step: PamStepResult }
  | { readonly kind: "failed"; readonly failure: PamFailure };

/** Authentication and, after it, the account phase. Prints every message and every code. */
export async function testLogin(options: TestLoginOptions, parts: TestLoginParts): Promise<TestLogin> {
  const { service, user, confdir, rhost, tty, timeoutMs, signal } = options;
  const { print, run = runPam } = parts;
  const result: PamResult = await run({
    service,
    user,
    ...(confdir === undefined ? {} : { confdir }),
    items: { ...(rhost === undefined ? {} : { rhost }), ...(tty === undefined ? {} : { tty }) },
    steps: ["authenticate", "acct_mgmt"],
    converse: (messages, over) => converse(messages, over, parts),
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (!result.ok) return { kind: "failed", failure: result.error };
  for (const step of result.value.steps) print(stepText(step));
  const { last } = result.value;
  return last.name === "PAM_SUCCESS" ? { kind: "let-in" } : { kind: "refused", step: last };
}

/** SECURITY: the text of a module can hold anything; what a terminal would take for a command does not get there. */
async function converse(
  messages: readonly PamMessage[],
  signal: AbortSignal,
  { terminal, print }: TestLoginParts,
): Promise<readonly string[] | undefined> {
  const answers: string[] = [];
  for (const { style, text } of messages) {
    const safe = displayText(text);
    if (style === "text-info" || style === "error-msg") {
      print(style === "error-msg" ? `error: ${safe}` : safe);
      continue;
    }
    const answer = await terminal.ask(safe, { echo: style === "prompt-echo-on", signal });
    if (answer === undefined) return undefined;
    answers.push(answer);
  }
  return answers;
}

/** The last line for a person. */
export function testLoginText(result: TestLogin): string {
  switch (result.kind) {
    case "let-in":
      return "PAM lets this user in.";
    case "refused":
      return `PAM refuses this user: ${result.step.name ?? result.step.code}.`;
    default:
      return failureText(result.failure);
  }
}

function failureText(failure: PamFailure): string {
  switch (failure.code) {
    case "setup":
      return `PAM did not start: ${failure.call} gave ${failure.pamCode} (${failure.text})`;
    case "no-libpam":
      return `libpam cannot be used here: ${failure.detail}`;
    case "timeout":
      return `There was no end within ${failure.timeoutMs / 1000} s.`;
    case "aborted":
      return "The login was given up.";
    default:
      return `The process that ran the modules ended without a word: ${failure.detail}`;
  }
}

/** SECURITY: 0 for PAM_SUCCESS of both phases and for nothing else. */
export function exitCodeOf(result: TestLogin): number {
  if (result.kind === "let-in") return EXIT.ok;
  if (result.kind === "refused") return EXIT.denied;
  const { code } = result.failure;
  return code === "timeout" || code === "aborted" ? EXIT.undecided : EXIT.cannotRun;
}
