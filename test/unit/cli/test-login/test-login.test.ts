// `duogate test-login` without libpam: how the conversation is told, what is done when nobody answers, and that nothing but
// PAM_SUCCESS of the last phase ends with 0.

import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { EXIT } from "../../../../src/cli/exit-codes.ts";
import { createTerminal } from "../../../../src/cli/test-login/terminal.ts";
import { exitCodeOf, type TestLogin, testLogin, testLoginText } from "../../../../src/cli/test-login/test-login.ts";
import type { PamResult } from "../../../../src/ffi/pam.ts";
import { PAM_CODE, type PamCodeName } from "../../../../src/ffi/pam-codes.ts";
import type { PamRequest } from "../../../../src/ffi/pam-request.ts";

const OPTIONS = {
  service: "sshd",
  user: "alice",
  confdir: undefined,
  rhost: undefined,
  tty: undefined,
  timeoutMs: 1000,
};

function piped(text: string) {
  const input = new PassThrough();
  const screen = new PassThrough();
  input.end(text);
  return { terminal: createTerminal(() => input, screen), shown: () => String(screen.read() ?? "") };
}

const STYLES = [
  { style: "text-info", text: "hello\x1b[2J" },
  { style: "prompt-echo-off", text: "Password: " },
  { style: "error-msg", text: "careful" },
  { style: "prompt-echo-on", text: "Code: " },
] as const;

async function play(stdin: string, code: PamCodeName = "PAM_SUCCESS") {
  const printed: string[] = [];
  let answers: readonly string[] | undefined;
  const { terminal, shown } = piped(stdin);
  const run = async (request: PamRequest): Promise<PamResult> => {
    answers = await request.converse(STYLES, new AbortController().signal);
    const name = answers === undefined ? "PAM_CONV_ERR" : code;
    const last = { step: "authenticate", code: PAM_CODE[name], name, text: "words" } as const;
    return { ok: true, value: { steps: [last], last } };
  };
  const result = await testLogin(OPTIONS, { terminal, print: (line) => printed.push(line), run });
  terminal.close();
  return { result, answers, printed, screen: shown() };
}

describe("duogate test-login", () => {
  it("prints messages, asks prompts in order, and never prints an answer", async () => {
    const { result, answers, printed, screen } = await play("hunter2\r\n123456\n");
    assert.deepEqual(answers, ["hunter2", "123456"]);
    assert.deepEqual(printed, ["hello?[2J", "error: careful", "pam_authenticate: 0 PAM_SUCCESS (words)"]);
    assert.equal(screen, "Password: \nCode: \n");
    assert.deepEqual([result.kind, exitCodeOf(result)], ["let-in", EXIT.ok]);
  });

  it("fails the conversation when the input has no line for a prompt", async () => {
    const { result, printed } = await play("hunter2\n");
    assert.equal(exitCodeOf(result), EXIT.denied);
    assert.match(printed.at(-1) ?? "", /19 PAM_CONV_ERR \(words\)\n {2}a prompt got no answer/);
  });

  it("ends with 0 for PAM_SUCCESS alone", async () => {
    for (const code of Object.keys(PAM_CODE) as PamCodeName[]) {
      const { result } = await play("a\nb\n", code);
      assert.equal(exitCodeOf(result) === EXIT.ok, code === "PAM_SUCCESS", code);
    }
    const failures: readonly Extract<TestLogin, { kind: "failed" }>["failure"][] = [
      { code: "timeout", timeoutMs: 1000 },
      { code: "aborted" },
      { code: "no-libpam", detail: "x" },
      { code: "setup", call: "pam_start", pamCode: 26, text: "x" },
      { code: "died", detail: "x" },
    ];
    for (const failure of failures) {
      const result = { kind: "failed", failure } as const;
      assert.notEqual(exitCodeOf(result), EXIT.ok);
      assert.notEqual(testLoginText(result), "");
    }
  });
});

describe("the terminal", () => {
  it("gives lines that came in pieces, and the end as no answer", async () => {
    const input = new PassThrough();
    const terminal = createTerminal(() => input, new PassThrough());
    const first = terminal.ask("? ", { echo: true });
    input.write("ab");
    input.write("c\nsecond\nthi");
    assert.equal(await first, "abc");
    assert.equal(await terminal.ask("? ", { echo: true }), "second");
    const last = terminal.ask("? ", { echo: true });
    input.end();
    assert.equal(await last, undefined);
  });

  it("stops waiting when it is told to, and refuses an endless line", async () => {
    const input = new PassThrough();
    const terminal = createTerminal(() => input, new PassThrough());
    const stop = new AbortController();
    const waiting = terminal.ask("? ", { echo: true, signal: stop.signal });
    stop.abort();
    assert.equal(await waiting, undefined);
    const endless = terminal.ask("? ", { echo: true });
    input.write("x".repeat(5000));
    assert.equal(await endless, undefined);
  });
});
