// What one of the machine's programs says, as text for a support bundle. Used by collect.ts and versions.ts.

import { err, ok, type Result } from "../../core/result.ts";
import type { RunProgram } from "../../host/program.ts";

/** Both outputs, and a line in parentheses about an exit code that is not 0. */
export async function said(run: RunProgram, path: string, args: readonly string[]): Promise<Result<string, string>> {
  const answer = await run(path, args);
  if (!answer.ok) return err(`${path}: ${answer.error.code}`);
  const { code, stdout, stderr } = answer.value;
  return ok(`${stdout}${stderr}${code === 0 ? "" : `\n(${path} ended with ${code})\n`}`);
}
