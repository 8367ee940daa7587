// The package and the PAM stacks: the real pam-auth-update writes the profile into common-auth, libpam runs what came out with
// modules that stand in for the second factor, and the removal takes out what is ours and stops for what is not.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { MARK, pairFor } from "../../src/cli/enable/pair.ts";
import { buildPackage } from "../support/package.ts";
import { type OverlayRun, runInOverlay, withoutOverlay } from "../support/package-overlay.ts";
import { repositoryFile } from "../support/repository.ts";

const harness = repositoryFile("native/build/pam-run");
const cannot = withoutOverlay() || (existsSync(harness) ? false : "native/build/pam-run is not built");
const pair = pairFor("sshd", "/run/duogate");
const moduleLine = "auth    required    pam_duogate.so";

/** Another profile behind ours, which shows whether the stack went on: a home that is mounted, a keyring. */
const LATER_PROFILE = `cat >/usr/share/pam-configs/later <<END
Name: opens something of the user's
Default: no
Priority: 300
Auth-Type: Additional
Auth:
	optional	pam_exec.so quiet /usr/bin/touch /run/opened
END`;

describe("the package and PAM", { skip: cannot }, () => {
  let folder = "";
  let run: OverlayRun;

  before(() => {
    if (!pair.ok) throw new Error(pair.error);
    folder = mkdtempSync(join(tmpdir(), "duogate-pam-"));
    const first = buildPackage(folder);
    copyFileSync(harness, join(folder, "pam-run"));
    run = runInOverlay(
      folder,
      `
systemd
cd /usr/share/pam-configs && ls | grep -v -x -e unix -e capability | xargs -r pam-auth-update --disable >/dev/null 2>&1
dpkg -i /run/share/${first.slice(folder.length + 1)} >/dev/null 2>&1
useradd --create-home alice; echo alice:alice-password | chpasswd
say off; active common-auth
pam-auth-update --enable duogate
say on; active common-auth
${LATER_PROFILE}
pam-auth-update --enable later
say with-later; active common-auth
module=$(find /usr/lib/*/security -name pam_duogate.so)
# pam-run NAME PASSWORD: the code of a login through /etc/pam.d/NAME, and whether the stack went on behind our line.
login() {
  rm -f /run/opened
  /run/share/pam-run --confdir /etc/pam.d --service "$1" --user alice --answer "$2" --answer "$2" 2>&1 | grep '^result' | sort -u
  [ -e /run/opened ] && echo opened
}
printf '@include common-auth\\naccount required pam_permit.so\\n' >/etc/pam.d/proof
stand_in() { cp "$(dirname "$module")/$1" "$module"; }
cp "$module" /root/ours.so
say allowed; stand_in pam_permit.so; login proof alice-password
say wrong-password; login proof wrong
say denied; stand_in pam_deny.so; login proof alice-password
say real-and-no-daemon; cp /root/ours.so "$module"; login proof alice-password
say gone; rm "$module"; login proof alice-password
cp /root/ours.so "$module"
say upgrade-keeps; pam-auth-update --package; active common-auth | grep duogate
rm /etc/pam.d/proof; pam-auth-update --package --remove later; rm /usr/share/pam-configs/later
cp -a /etc/pam.d /root/pam.d
lines_of() { diff -r /root/pam.d /etc/pam.d >/dev/null && echo 'pam.d is as it was'; }
say hand-written; sed -i '/@include common-auth/a auth required pam_duogate.so socket=/run/duogate/pam.sock' /etc/pam.d/sshd
rm -rf /root/pam.d; cp -a /etc/pam.d /root/pam.d; calls >/dev/null
code dpkg -r duogate 2>&1 | grep -e '^    ' -e ^exit -e ^Without -e '^duogate is not'; lines_of; dpkg-query -W -f '\${Status}\\n' duogate; calls
say edited-pair; sed -i '/pam_duogate/d' /etc/pam.d/sshd
sed -i '/@include common-auth/a ${MARK} sshd"\\nauth sufficient pam_duogate.so' /etc/pam.d/sshd
code dpkg -r duogate 2>&1 | grep -e '^    ' -e ^exit
say common; sed -i '/pam_duogate/d; /^# duogate/d' /etc/pam.d/sshd; echo 'auth required pam_duogate.so' >>/etc/pam.d/common-auth
rm -rf /root/pam.d; cp -a /etc/pam.d /root/pam.d
code dpkg -r duogate 2>&1 | grep -e '^    ' -e ^exit; lines_of
sed -i '$d' /etc/pam.d/common-auth
say included; mkdir /etc/pam.d/site; echo 'auth include /root/duo-part' >/etc/pam.d/site/duo; echo 'auth required pam_duogate.so' >/root/duo-part
cp /etc/pam.d/su /root/su; echo '@include site/duo' >>/etc/pam.d/su; rm -rf /root/pam.d; cp -a /etc/pam.d /root/pam.d
code dpkg -r duogate 2>&1 | grep -e '^    ' -e ^exit; lines_of; cp /root/su /etc/pam.d/su; rm -r /etc/pam.d/site
say changed-block; cp /etc/pam.d/common-auth /root/common-auth; sed -i 's/^auth.*pam_cap.so.*/auth optional pam_permit.so/' /etc/pam.d/common-auth
rm -rf /root/pam.d; cp -a /etc/pam.d /root/pam.d
code dpkg -r duogate 2>&1 | grep -e '^    ' -e ^exit -e '^pam-auth'; lines_of
cp /root/common-auth /etc/pam.d/common-auth
say harmless
cp /etc/pam.d/sshd /root/sshd; cp /etc/pam.d/sudo /root/sudo
sed -i '1a # auth required pam_duogate.so' /etc/pam.d/sudo; cp /etc/pam.d/sudo /root/sudo
sed -i '/@include common-auth/a ${pair.value[0]}\\n${pair.value[1]}' /etc/pam.d/sshd; chmod 0640 /etc/pam.d/sshd
mv /etc/pam.d/sshd /etc/sshd-stack; ln -s ../sshd-stack /etc/pam.d/sshd
echo 'auth required pam_duogate.so' >/etc/pam.d/login.dpkg-old
code dpkg -r duogate 2>&1 | grep ^exit; calls
cmp /root/sshd /etc/pam.d/sshd && echo 'sshd is as it was'; stat -c '%a' /etc/sshd-stack; readlink /etc/pam.d/sshd
cmp /root/sudo /etc/pam.d/sudo && echo 'sudo is as it was'
active common-auth; ls /etc/pam.d/ | grep -e dpkg- ; ls /etc | grep sshd-stack.
`,
    );
  });

  after(() => rmSync(folder, { recursive: true }));

  const unix = "auth [success=1 default=ignore] pam_unix.so nullok";
  const frame = ["auth requisite pam_deny.so", "auth required pam_permit.so"];
  const cap = "auth optional pam_cap.so";

  it("is off until it is switched on, and then stands behind the jump that only a proven password takes", () => {
    assert.deepEqual(run.part("off"), [unix, ...frame, cap], run.output);
    assert.deepEqual(run.part("on"), [unix, ...frame, "auth requisite pam_duogate.so", cap]);
    assert.equal(run.part("with-later")[3], "auth requisite pam_duogate.so");
  });

  it("lets in with password and second factor, and goes on to what opens things", () => {
    assert.deepEqual(run.part("allowed"), ["result 0", "opened"]);
  });

  it("refuses without the password, whatever the second factor would say", () => {
    assert.deepEqual(run.part("wrong-password"), ["result 7"]);
  });

  it("refuses without the second factor, and nothing behind it is opened", () => {
    assert.deepEqual(run.part("denied"), ["result 7"]);
    assert.deepEqual(run.part("real-and-no-daemon"), ["result 9"]);
    assert.equal(run.part("gone").length, 1);
    assert.notEqual(run.part("gone")[0], "result 0");
  });

  it("stays on when the package's profile is read anew", () => {
    assert.deepEqual(run.part("upgrade-keeps"), ["auth requisite pam_duogate.so"]);
  });

  it("is not removed while a line that somebody wrote names the module, and says which, before anything is changed", () => {
    const lines = run.part("hand-written");
    assert.match(lines.join("\n"), /^ {4}\/etc\/pam\.d\/sshd:[0-9]+: auth required pam_duogate\.so socket=/m);
    for (const line of ["exit code: 1", "pam.d is as it was", "deinstall ok installed"])
      assert.ok(lines.includes(line), line);
    // dpkg has the package's script start what it may have stopped, which was nothing: no daemon is restarted for it.
    assert.ok(!lines.some((line) => / (?:stop|restart) /.test(line)), lines.join("\n"));
  });

  it("is not removed while a part in another folder names the module, which a part of a service includes", () => {
    assert.deepEqual(run.part("included"), [
      "    /root/duo-part:1: auth required pam_duogate.so",
      "exit code: 1",
      "pam.d is as it was",
    ]);
  });

  it("takes a changed pair, a line of common-auth outside pam-auth-update's part, and a changed part for somebody's own", () => {
    assert.match(run.part("edited-pair")[0] ?? "", /^ {4}\/etc\/pam\.d\/sshd:[0-9]+: auth sufficient pam_duogate\.so$/);
    assert.equal(run.part("edited-pair").at(-1), "exit code: 1");
    assert.match(run.part("common")[0] ?? "", /^ {4}\/etc\/pam\.d\/common-auth:[0-9]+: auth required pam_duogate\.so$/);
    assert.deepEqual(run.part("common").slice(-2), ["exit code: 1", "pam.d is as it was"]);
    assert.deepEqual(run.part("changed-block").slice(-2), ["exit code: 1", "pam.d is as it was"]);
  });

  it("takes out its profile and its pairs with the package, through links, with modes kept, and touches nothing else", () => {
    const lines = run.part("harmless");
    assert.equal(lines[0], "exit code: 0", run.output);
    assert.deepEqual(lines.slice(-9), [
      "sshd is as it was",
      "640",
      "../sshd-stack",
      "sudo is as it was",
      unix,
      ...frame,
      cap,
      "login.dpkg-old",
    ]);
  });

  it("has the module's line as duogate enable writes it", () => {
    assert.ok(pair.ok && pair.value[0].startsWith(MARK));
    assert.equal(pair.ok && pair.value[1], moduleLine);
  });
});
