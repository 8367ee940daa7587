// What sshd says of itself, and the Match blocks of its files as connections.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { err, ok } from "../../../src/core/result.ts";
import type { RunProgram } from "../../../src/host/program.ts";
import { ANYBODY, methodLists, parseSshdSettings, sshdSettings, sshdValue } from "../../../src/host/sshd.ts";
import { firstStatement, sshdStatements } from "../../../src/host/sshd-config.ts";
import { listenerArguments, sshdInstances, sshdOptions } from "../../../src/host/sshd-instances.ts";
import { matchBlocks } from "../../../src/host/sshd-match.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-sshd-"));
after(() => rmSync(folder, { recursive: true }));

describe("sshd -T", () => {
  it("is asked for one connection, in whatever folder sshd is", async () => {
    const asked: (readonly string[])[] = [];
    const run: RunProgram = async (path, args) => {
      asked.push([path, ...args]);
      return path === "/usr/bin/sshd"
        ? ok({ code: 0, stdout: "usepam yes\nport 22\nport 2222\n", stderr: "" })
        : err({ code: "absent" });
    };
    const settings = await sshdSettings(run, { user: "alice", address: "2001:db8::1" }, ["-f", "/etc/other"]);
    assert.deepEqual(settings.ok && [...settings.value], [
      ["usepam", ["yes"]],
      ["port", ["22", "2222"]],
    ]);
    const specification = "user=alice,host=2001:db8::1,addr=2001:db8::1,laddr=192.0.2.2,lport=22";
    assert.deepEqual(asked[1], ["/usr/bin/sshd", "-T", "-C", specification, "-f", "/etc/other"]);
  });

  it("may be absent, or refuse", async () => {
    assert.deepEqual(await sshdSettings(async () => err({ code: "absent" }), ANYBODY), err({ code: "absent" }));
    const refusing: RunProgram = async () => ok({ code: 255, stdout: "", stderr: "no hostkeys available\n" });
    assert.deepEqual(await sshdSettings(refusing, ANYBODY), err({ code: "refused", detail: "no hostkeys available" }));
  });

  it("has lists of methods, of which one has to be fulfilled", () => {
    const lists = (value: string) => methodLists(parseSshdSettings(`authenticationmethods ${value}\n`));
    assert.equal(lists("any"), undefined);
    assert.deepEqual(lists("publickey,keyboard-interactive:pam password"), [
      ["publickey", "keyboard-interactive:pam"],
      ["password"],
    ]);
    assert.equal(
      sshdValue(
        parseSshdSettings("challengeresponseauthentication yes"),
        "kbdinteractiveauthentication",
        "challengeresponseauthentication",
      ),
      "yes",
    );
  });
});

const ACCOUNTS = [
  { name: "root", groups: ["root"] },
  { name: "alice", groups: ["alice", "wheel", "contractors"] },
  { name: "bob", groups: ["bob", "wheel"] },
  { name: "deploy", groups: ["robots"] },
];

describe("Match blocks become connections", () => {
  const rows: readonly (readonly [criteria: string, connection: string | RegExp])[] = [
    ["User root", "root 192.0.2.1"],
    ["user git,!root", "git 192.0.2.1"],
    ["User *,!root", "x 192.0.2.1"],
    ['User "svc-*"', "svc-x 192.0.2.1"],
    ["User !root", /no user name fits/],
    ["Group wheel", "alice 192.0.2.1"],
    ["Group wheel,!contractors", "bob 192.0.2.1"],
    ["Group *,!wheel,!root", "deploy 192.0.2.1"],
    ["Group wheel User b*", "bob 192.0.2.1"],
    ["Group nobody-is-in-it", /no account of this machine is in the group nobody-is-in-it/],
    ["Address 10.0.0.0/8 User b*", "bx 10.0.0.0"],
    ["address 10.1.0.0/16,*", "duogate-anybody 10.1.0.0"],
    ["Address *,!192.0.2.0/24,!198.51.100.0/24", "duogate-anybody 203.0.113.1"],
    ["Address 10.0.0.0/8,!10.0.0.0/16", "duogate-anybody 10.1.2.3"],
    ["Address !10.0.0.0/8,*", "duogate-anybody 192.0.2.1"],
    ["Address 192.168.3.?", "duogate-anybody 192.168.3.1"],
    ["Address 2001:db8:5::/48", "duogate-anybody 2001:db8:5::"],
    ["Address !10.0.0.0/8", /no address or host fits/],
    ["Host *.example.com,!db.example.com", "duogate-anybody 192.0.2.1 x.example.com"],
    ["Host !*.evil.example,*", "duogate-anybody 192.0.2.1 x"],
    ["LocalAddress 10.9.0.1 LocalPort 2222", "duogate-anybody 192.0.2.1 at 10.9.0.1:2222"],
    ["All", "duogate-anybody 192.0.2.1"],
    ["RDomain red", /the criterion rdomain is not known/],
  ];
  for (const [criteria, expected] of rows) {
    it(criteria, () => {
      const file = join(folder, "one");
      writeFileSync(file, `Match ${criteria}\n`);
      const [block] = matchBlocks({ path: file }, ACCOUNTS);
      if (typeof expected !== "string") return assert.match(block?.reason ?? "", expected);
      assert.ok(block?.connection !== undefined, block?.reason);
      const { user, address, host, localAddress, localPort } = block.connection;
      const local = localPort === undefined ? [] : [`at ${localAddress}:${localPort}`];
      assert.equal([user, address, ...(host === undefined ? [] : [host]), ...local].join(" "), expected);
    });
  }
});

it("lines are read in sshd's order, with what is included, and the first one counts", () => {
  const file = join(folder, "sshd_config");
  mkdirSync(join(folder, "sshd_config.d"));
  writeFileSync(join(folder, "sshd_config.d/10-own.conf"), "match user git,!root\nX11Forwarding no\n");
  writeFileSync(join(folder, "sshd_config.d/20-own.conf"), "KbdInteractiveAuthentication=no # why not\n");
  writeFileSync(join(folder, "sshd_config.d/.hidden.conf"), "KbdInteractiveAuthentication yes\n");
  const lines = [
    "#Match User nobody",
    "Include sshd_config.d/*.conf",
    "KbdInteractiveAuthentication yes",
    "Match Group wheel",
    "Include sshd_config.d/20-own.conf",
    "MatchX y",
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  const place = { path: file, folder };
  const blocks = matchBlocks(place, ACCOUNTS).map(
    ({ file: at, line, text }) => `${at.slice(folder.length)}:${line} ${text}`,
  );
  assert.deepEqual(blocks, ["/sshd_config.d/10-own.conf:1 user git,!root", "/sshd_config:4 Group wheel"]);
  const statements = sshdStatements(place);
  const first = firstStatement(statements, ["kbdinteractiveauthentication"]);
  assert.deepEqual(
    [first?.file.slice(folder.length), first?.line, first?.value],
    ["/sshd_config.d/20-own.conf", 1, "no"],
  );
  assert.equal(
    statements.filter(({ keyword, inMatch }) => keyword === "kbdinteractiveauthentication" && inMatch).length,
    1,
  );
  assert.deepEqual(sshdStatements({ path: join(folder, "missing") }), []);
});

it("Include is followed as glob(3) follows it: brackets, and wildcards in any part", () => {
  const own = join(folder, "globs");
  for (const name of ["10-a.conf", "b/20-x.conf", "c/20-x.conf", "x1/30.conf", ".d/40.conf"]) {
    mkdirSync(join(own, name, ".."), { recursive: true });
    writeFileSync(join(own, name), `Match User ${name}\n`);
  }
  const rows: readonly (readonly [pattern: string, files: readonly string[]])[] = [
    ["[0-9]*.conf", ["10-a.conf"]],
    ["[!a-z]*", ["10-a.conf"]],
    ["*/20-x.conf", ["b/20-x.conf", "c/20-x.conf"]],
    ["[^b]/*.conf", ["c/20-x.conf"]],
    ["x?/*", ["x1/30.conf"]],
    ["*/40.conf", []],
    ["x[/30.conf", []],
  ];
  const found = rows.map(([pattern]) => {
    const file = join(folder, "globbing");
    writeFileSync(file, `Include ${own}/${pattern}\n`);
    return matchBlocks({ path: file, folder }, []).map(({ text }) => text.slice("User ".length));
  });
  assert.deepEqual(
    found,
    rows.map(([, files]) => files),
  );
});

describe("an sshd that is started with settings of its own", () => {
  it("is known by its title, its arguments and its units", () => {
    const rows: readonly (readonly [cmdline: string, argv: string | undefined])[] = [
      ["/usr/sbin/sshd\0-D\0", "/usr/sbin/sshd -D"],
      [
        "sshd: /usr/sbin/sshd -D -f /etc/ssh/admin [listener] 0 of 10-100 startups\0\0",
        "/usr/sbin/sshd -D -f /etc/ssh/admin",
      ],
      ["sshd: alice [priv]\0", undefined],
      ["sshd: /usr/sbin/sshd -f /etc/evil\0", undefined],
    ];
    for (const [cmdline, argv] of rows) assert.equal(listenerArguments(cmdline)?.join(" "), argv, cmdline);
  });

  it("keeps what changes its settings", () => {
    const of = (line: string) => sshdOptions(line.split(" ").slice(1)).join(" ");
    assert.equal(of("sshd -D -f /etc/ssh/admin"), "-f /etc/ssh/admin");
    assert.equal(
      of("sshd -Df/etc/ssh/admin -p 2222 -oUsePAM=no -o Port=1"),
      "-f /etc/ssh/admin -o UsePAM=no -o Port=1",
    );
    assert.equal(of("sshd -D -h -f -e"), "");
    assert.equal(of("sshd -D -f /etc/ssh/sshd_config"), "");
  });

  it("is found in unit files, with their variables and drop-ins", () => {
    const root = join(folder, "root");
    const put = (path: string, text: string) => {
      mkdirSync(join(root, path, ".."), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    put(
      "usr/lib/systemd/system/ssh.service",
      "[Service]\nEnvironmentFile=-/etc/default/ssh\nExecStartPre=/usr/sbin/sshd -t\nExecStart=/usr/sbin/sshd -D $SSHD_OPTS\n",
    );
    put("etc/default/ssh", '# as it comes\nSSHD_OPTS="-o UsePAM=no"\n');
    put("usr/lib/systemd/system/ssh-admin.service", "[Service]\nExecStart=/usr/sbin/sshd -D \\\n  -f /etc/ssh/admin\n");
    put("etc/systemd/system/ssh-b.service", "[Service]\nExecStart=-/usr/sbin/sshd -D\n");
    put(
      "etc/systemd/system/ssh-b.service.d/own.conf",
      "[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -D -f /etc/ssh/b\n",
    );
    put("usr/lib/systemd/system/ssh-b.service", "[Service]\nExecStart=/usr/sbin/sshd -f /etc/shadowed\n");
    put("usr/lib/systemd/system/other.service", "[Service]\nExecStart=/usr/bin/true -f sshd\n");
    assert.deepEqual(sshdInstances(root), [
      { config: "/etc/ssh/admin", options: ["-f", "/etc/ssh/admin"], where: ["ssh-admin.service"] },
      { config: "/etc/ssh/b", options: ["-f", "/etc/ssh/b"], where: ["ssh-b.service"] },
      { config: undefined, options: ["-o", "UsePAM=no"], where: ["ssh.service"] },
    ]);
  });
});
