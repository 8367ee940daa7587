// The package's life, by dpkg in a throw-away copy of this machine: fresh, configured, upgraded, its configuration asked
// about, removed, purged; and what its scripts ask of systemd at each step. systemd itself is a stand-in here; the booted
// tests have the real one.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { buildPackage, nextPackage } from "../support/package.ts";
import { type OverlayRun, runInOverlay, withoutOverlay } from "../support/package-overlay.ts";

const CONFIGURE = `sed -i -e 's/^ikey = .*/ikey = DIXYZV6YM8IFYVWBINCA/' -e 's/^#failmode = secure/failmode = secure/' \\
  -e 's/^skey = .*/skey = yWHSMhWucAcp7qvuH3HWTaSaKABs8Gaddiv1NIRo/' \\
  -e 's/^host = .*/host = api-1b2c3d4e.duosecurity.com/' /etc/duogate/duogate.conf`;
const SOCKETS = "duogated.socket duogated-login.socket duogated-control.socket";
const RELOAD = "systemctl --system daemon-reload";

describe("the package in dpkg's hands", { skip: withoutOverlay() }, () => {
  let folder = "";
  let run: OverlayRun;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "duogate-life-"));
    const first = buildPackage(folder);
    nextPackage(first, folder, "next");
    nextPackage(first, folder, "other-sample", "echo '# another sample' >>etc/duogate/duogate.conf");
    const name = first.slice(folder.length + 1);
    run = runInOverlay(
      folder,
      `
systemd
before=$(cat /etc/pam.d/common-*)
say fresh; code dpkg -i /run/share/${name} 2>&1 | grep -v '^(Reading'
say fresh-calls; calls
say fresh-files; stat -c '%a %U:%G %n' /etc/duogate /etc/duogate/duogate.conf /run/duogate /usr/bin/login_duogate
getent passwd duogate | cut -d: -f1,5-7
say fresh-enabled; find /etc/systemd/system -name 'duogate*' | sort
say fresh-logins; [ "$before" = "$(cat /etc/pam.d/common-*)" ] && echo unchanged
say again; code dpkg -i /run/share/${name} 2>&1 | grep -v '^(Reading'; calls
say configured; ${CONFIGURE}; code duogate check
say upgrade; touch /run/active; code dpkg -i /run/share/next.deb 2>&1 | grep -v '^(Reading'; calls; stat -c '%a' /etc/duogate/duogate.conf
say broken; cp -p /etc/duogate/duogate.conf /root/good; echo nonsense >>/etc/duogate/duogate.conf
code dpkg -i /run/share/next.deb 2>&1 | grep -v '^(Reading'; calls; cp -p /root/good /etc/duogate/duogate.conf
say kept; dpkg -i --force-confold /run/share/other-sample.deb >/dev/null 2>&1; calls
stat -c '%a %n' /etc/duogate/*; cmp /root/good /etc/duogate/duogate.conf && echo 'the keys are there'
say nobody-to-ask; dpkg -i --force-confold /run/share/next.deb >/dev/null 2>&1; calls >/dev/null
code dpkg -i /run/share/other-sample.deb </dev/null 2>/dev/null | grep ^exit; calls; cmp /root/good /etc/duogate/duogate.conf && echo 'the keys are there'
say replaced; dpkg --configure --force-confnew duogate 2>&1 | grep '^duogate'; calls
stat -c '%a %n' /etc/duogate/*; cmp /root/good /etc/duogate/duogate.conf.dpkg-old && echo 'the keys are there'
cp -p /root/good /etc/duogate/duogate.conf; rm -f /etc/duogate/duogate.conf.dpkg-*
say remove; : >/run/duogate/duogate.conf; cp -p /root/good /etc/duogate/duogate.conf.before-import-1
printf 'auth required pam_unix.so\n# duogate: enabled by "duogate enable su"; "duogate disable su" removes this line and the one below\nauth    required    pam_duogate.so\n' >/etc/pam.d/su
code dpkg -r duogate 2>&1 | grep -v '^(Reading' | grep -v 'Processing triggers'; calls
say remove-files; find /etc /usr /var/lib /run -name '*duogate*' ! -path '/var/lib/dpkg/*' ! -path '/run/share*' ! -path '*systemd/deb-systemd*' ! -path '/usr/share/doc-base/*' | sort
say back; code dpkg -i /run/share/${name} 2>&1 | grep -v '^(Reading' | grep -v 'Processing triggers'; cmp /root/good /etc/duogate/duogate.conf && echo 'the keys are there'
say purge; code dpkg -P duogate 2>&1 | grep -v '^(Reading' | grep -v 'Processing triggers'
say purge-files; find /etc /var/lib /usr -xdev -name '*duogate*' 2>/dev/null | sort
find /run -name '*duogate*' ! -path '/run/share*'
getent passwd duogate | cut -d: -f1
say without-systemd; rm -rf /run/systemd /run/active; userdel duogate; rm /usr/bin/systemd-sysusers /usr/bin/systemd-tmpfiles
code dpkg -i /run/share/${name} 2>&1 | grep -v '^(Reading' | grep -v 'Processing triggers'; getent passwd duogate | cut -d: -f1,5-7
`,
    );
  });

  after(() => rmSync(folder, { recursive: true }));

  const unconfigured =
    "duogate is not configured yet: write ikey, skey, host and failmode into /etc/duogate/duogate.conf, " +
    "then run: systemctl restart duogated";

  it("installs unconfigured without failing, starts the sockets and not the daemon, and says one helpful line", () => {
    const fresh = run.part("fresh");
    assert.equal(fresh.at(-1), "exit code: 0", run.output);
    assert.deepEqual(
      fresh.filter((line) => line.startsWith("duogate")),
      [unconfigured],
    );
    assert.deepEqual(run.part("fresh-calls"), [RELOAD, `deb-systemd-invoke start ${SOCKETS}`]);
    assert.deepEqual(run.part("fresh-files"), [
      "755 root:root /etc/duogate",
      "600 root:root /etc/duogate/duogate.conf",
      "755 root:root /run/duogate",
      "755 root:root /usr/bin/login_duogate",
      "duogate:duogate second-factor gateway:/:/usr/sbin/nologin",
    ]);
    assert.deepEqual(run.part("fresh-enabled"), [
      "/etc/systemd/system/multi-user.target.wants/duogate-enable-recover.service",
      "/etc/systemd/system/multi-user.target.wants/duogated.service",
      "/etc/systemd/system/sockets.target.wants/duogated-control.socket",
      "/etc/systemd/system/sockets.target.wants/duogated-login.socket",
      "/etc/systemd/system/sockets.target.wants/duogated.socket",
    ]);
  });

  it("changes no login by being installed, and nothing by being installed again", () => {
    assert.deepEqual(run.part("fresh-logins"), ["unchanged"]);
    assert.ok(run.part("again").includes("exit code: 0"));
    assert.deepEqual(run.part("again").slice(-2), [RELOAD, `deb-systemd-invoke start ${SOCKETS}`]);
  });

  it("restarts the daemon and not the sockets behind an upgrade, and keeps the configuration's mode", () => {
    assert.ok(run.part("configured").includes("exit code: 0"));
    const upgrade = run.part("upgrade");
    assert.ok(upgrade.includes("exit code: 0"), upgrade.join("\n"));
    assert.deepEqual(upgrade.slice(-5), [
      RELOAD,
      `deb-systemd-invoke start ${SOCKETS}`,
      // The check before the restart asks what the unit can hold.
      "systemctl show --no-pager --property=LoadState,LimitNOFILE,MemoryMax duogated.service",
      "deb-systemd-invoke restart duogated.service",
      "600",
    ]);
    assert.deepEqual(
      upgrade.filter((line) => line.includes(" stop ")),
      [],
    );
  });

  it("leaves the daemon in memory alone when the new one would refuse the configuration", () => {
    const broken = run.part("broken");
    assert.ok(broken.includes("exit code: 0"));
    assert.deepEqual(
      broken.filter((line) => line.includes("restart") || line.startsWith("duogate:")),
      ["duogate: the daemon goes on as it was, because the new one would not start; see: duogate check"],
    );
  });

  it("keeps the keys through each answer to dpkg's question about the configuration", () => {
    assert.deepEqual(run.part("kept").slice(-3), [
      "600 /etc/duogate/duogate.conf",
      "600 /etc/duogate/duogate.conf.dpkg-dist",
      "the keys are there",
    ]);
    assert.deepEqual(run.part("nobody-to-ask"), ["exit code: 1", "the keys are there"]);
    const replaced = run.part("replaced");
    assert.deepEqual(replaced.slice(-3), [
      "600 /etc/duogate/duogate.conf",
      "600 /etc/duogate/duogate.conf.dpkg-old",
      "the keys are there",
    ]);
    // With the sample in its place again the daemon goes on with what it has in memory.
    assert.ok(replaced.includes(unconfigured));
    assert.ok(!replaced.some((line) => line.includes("restart duogated.service")), replaced.join("\n"));
  });

  it("stops everything when it is removed, takes the daemon's copy of the keys away, and leaves the configuration", () => {
    const remove = run.part("remove");
    assert.ok(remove.includes("exit code: 0"), remove.join("\n"));
    assert.ok(remove.includes("duogate: /etc/pam.d/su asks for no second factor any more"), remove.join("\n"));
    assert.deepEqual(remove.slice(-2), [`deb-systemd-invoke stop ${SOCKETS} duogated.service`, RELOAD]);
    const left = run.part("remove-files").filter((path) => !path.startsWith("/etc/systemd/system/"));
    assert.deepEqual(left, [
      "/etc/apparmor.d/duogated",
      "/etc/duogate",
      "/etc/duogate/duogate.conf",
      "/etc/duogate/duogate.conf.before-import-1",
    ]);
    assert.equal(run.part("back").at(-1), "the keys are there");
  });

  it("leaves nothing when it is purged but the account, whose number nobody else must get", () => {
    assert.ok(run.part("purge").includes("exit code: 0"));
    assert.deepEqual(run.part("purge-files"), ["duogate"]);
  });

  it("installs where there is no systemd, with the same account", () => {
    const lines = run.part("without-systemd");
    assert.ok(lines.includes("exit code: 0"), lines.join("\n"));
    assert.equal(lines.at(-1), "duogate:duogate second-factor gateway:/:/usr/sbin/nologin");
  });
});
