// doctor on lines that lead to login.sock: what is found for which service, and what to write instead.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { duogateLines, lineFindings } from "../../../../src/cli/doctor/line-findings.ts";
import { parseConfig } from "../../../../src/config/parse.ts";
import { readPamService } from "../../../../src/host/pam/service.ts";

const CONFIG = [
  "[duo]",
  "ikey = DIABCDEFGHIJKLMNOPQR",
  `skey = ${"s".repeat(40)}`,
  "host = api-12345678.duosecurity.com",
  "failmode = secure",
  "[gateway]",
  "runtime_dir = /run/gate",
  "",
];

/** What is found for one auth line of `service` with these arguments. */
function found(service: string, args: string) {
  const config = parseConfig(CONFIG.join("\n"), "/etc/duogate/duogate.conf");
  assert.ok(config.ok);
  const text = `auth required pam_duogate.so ${args}\n`;
  const path = `/etc/pam.d/${service}`;
  const source = {
    open: (name: string) => (name === service ? ({ kind: "file", path, text } as const) : ({ kind: "none" } as const)),
    services: () => [service],
  };
  return duogateLines(readPamService(service, source)).flatMap((line) => lineFindings(service, line, config.value));
}

const LOGIN = "socket=/run/gate/login.sock";
const PAM = "socket=/run/gate/pam.sock";

describe("a line with login.sock", () => {
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    ["sshd", LOGIN, ["danger pam-login-socket"]],
    ["sudo-i", LOGIN, ["danger pam-login-socket"]],
    ["gdm-password", LOGIN, ["danger pam-login-socket"]],
    ["sshd", PAM, []],
    ["app-of-mine", LOGIN, ["warning pam-login-socket"]],
    ["app-of-mine", PAM, []],
    ["swaylock", LOGIN, []],
    ["xfce4-screensaver", LOGIN, []],
    // Whatever its line says: pam.sock is closed to it, and login.sock is about its own account.
    ["nginx", LOGIN, ["danger pam-not-root"]],
    ["postgresql", PAM, ["danger pam-not-root"]],
  ];
  for (const [service, args, wanted] of table) {
    it(`${service} with ${args}: ${wanted.join(", ") || "nothing"}`, () => {
      const findings = found(service, args);
      assert.deepEqual(
        findings.map(({ level, id }) => `${level} ${id}`),
        wanted,
      );
    });
  }

  it("is found with its place and with what to write instead", () => {
    const [finding] = found("sshd", LOGIN);
    assert.deepEqual([finding?.place, finding?.remedy], ["/etc/pam.d/sshd:1", "write socket=/run/gate/pam.sock"]);
    assert.match(found("nginx", LOGIN)[0]?.remedy ?? "", /OPERATIONS\.md, Programs that are not root's/);
  });

  it("is found where another socket is written as well", () => {
    const ids = found("sshd", "socket=/run/duogate/login.sock").map(({ id }) => id);
    assert.deepEqual(ids, ["pam-socket"]);
  });
});
