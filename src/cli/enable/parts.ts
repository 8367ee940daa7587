// What enable and disable are given, and the two things that both of them do with it: ask for a word, and refuse. Used by the
// files of this folder.

import type { Libc } from "../../ffi/libc.ts";
import type { Terminal } from "../test-login/terminal.ts";
import type { PrepareOptions } from "./prepare.ts";

export interface EnableOptions extends PrepareOptions {
  readonly service: string;
  readonly config: string;
  readonly credentialsDirectory: string | undefined;
  /** Who logs in for the test; asked for where it is undefined. */
  readonly user: string | undefined;
  readonly rhost: string | undefined;
  readonly dryRun: boolean;
  readonly test: boolean;
  /** Nobody confirms. */
  readonly yes: boolean;
  readonly confirmWithinMs: number;
}

export interface EnableParts {
  readonly libc: Libc;
  readonly terminal: Terminal;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Why the service must not be changed now, whatever its stack says; none where nothing speaks against it. */
  readonly serviceFaults: (service: string) => Promise<readonly string[]>;
  /** What sshd's own settings make of the change; none for other services. */
  readonly serviceNotes: (service: string) => Promise<readonly string[]>;
  /** A signal that ends the command. */
  readonly stop: AbortSignal;
}

/** Only the whole word counts; anything else but no is asked again. */
export async function says(terminal: Terminal, question: string, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const answer = await terminal.ask(question, { echo: true, signal });
    if (answer === undefined || answer.trim().toLowerCase() === "no") return false;
    if (answer.trim().toLowerCase() === "yes") return true;
  }
}

export function refuse({ complain }: Pick<EnableParts, "complain">, lines: readonly string[], code: number): number {
  for (const line of lines) complain(line);
  return code;
}
