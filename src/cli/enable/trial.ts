// The test logins of `duogate enable`: through a private copy of the stack, then through the file itself. Called by enable.ts and
// change.ts.

import { testLogin, testLoginText } from "../test-login/test-login.ts";
import type { EnableOptions, EnableParts } from "./parts.ts";

const TEST_TIMEOUT_MS = 180_000;

/** True only when PAM let the user in. */
export async function tries(
  service: string,
  user: string,
  confdir: string | undefined,
  signal: AbortSignal,
  { rhost }: EnableOptions,
  { terminal, print }: EnableParts,
): Promise<boolean> {
  const tty = service === "sshd" ? "ssh" : undefined;
  const options = { service, user, confdir, rhost, tty, timeoutMs: TEST_TIMEOUT_MS, signal };
  const result = await testLogin(options, { terminal, print });
  print(testLoginText(result));
  return result.kind === "let-in";
}

/** Undefined: nobody said. */
export async function testUser({ user }: EnableOptions, { terminal, stop }: EnableParts): Promise<string | undefined> {
  if (user !== undefined) return user;
  const typed = await terminal.ask("Who logs in for the test? ", { echo: true, signal: stop });
  return typed?.trim() === "" ? undefined : typed?.trim();
}
