// One login of the fault matrix. In the dialect v2 it is the real module in a real PAM transaction; in the others a scripted
// helper plays its part, which is the same for the daemon and costs no process: the module never learns the dialect.

import type { DuoDialect } from "../../src/duo/dialect.ts";
import { PAM_OF_VERDICT } from "../support/failure-table.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { runModule } from "../support/pam-module.ts";

export interface MatrixLogin {
  readonly socket: string;
  readonly user: string;
  readonly budgetMs: number;
  readonly answers: readonly string[];
  /** Runs when a prompt stands, before it is answered. */
  readonly onPrompt: () => void;
}

export interface MatrixOutcome {
  /** The PAM code's name; for the scripted helper, what the module makes of the verdict. */
  readonly code: string;
  readonly elapsedMs: number;
}

export async function runLogin(dialect: DuoDialect, login: MatrixLogin): Promise<MatrixOutcome> {
  if (dialect !== "v2") return await scripted(login);
  const { socket, user, budgetMs, answers, onPrompt } = login;
  const typed = answers.map((answer) => () => {
    onPrompt();
    return answer;
  });
  return await runModule({ socket, user, args: `timeout=${budgetMs / 1000}`, answers: typed });
}

async function scripted({ socket, user, budgetMs, answers, onPrompt }: MatrixLogin): Promise<MatrixOutcome> {
  const began = performance.now();
  const helper = await HelperClient.connect(socket);
  helper.send(start({ budget: budgetMs, user }));
  const left = [...answers];
  for (;;) {
    const message = await helper.next();
    if (message === undefined) throw new Error("the daemon hung up before its verdict");
    if (message.kind === "verdict") {
      await helper.closed;
      return { code: PAM_OF_VERDICT[message.verdict], elapsedMs: performance.now() - began };
    }
    if (message.kind !== "prompt") continue;
    onPrompt();
    const answer = left.shift();
    helper.send({ kind: "answer", given: answer !== undefined, text: answer ?? "" });
  }
}
