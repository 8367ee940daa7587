#!/bin/sh
# The recipe of the machine that the booted tests start from: Debian 13 with systemd, sshd, sudo and Node, the users of
# the Duo emulator, and nothing of duogate. Its text is part of the cache's key: a change here makes a new base.
# It writes only below ROOT. Called by booted-base.ts, as root, with the network.
# Usage: booted-base.sh ROOT [MIRROR]
set -eu
root="$1"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
umask 022

# What the package depends on has to be in here: the booted machines have no network. man-db and less stay out.
packages=systemd-sysv,dbus,libpam-systemd,openssh-server,openssh-client,sudo,nodejs,libpam-runtime,libpam-modules
packages=$packages,login,passwd,util-linux,bsdutils,procps,iproute2,ca-certificates,patch
debootstrap --variant=minbase --include="$packages" trixie "$root" ${2:+"$2"}
rm -f "$root"/var/cache/apt/archives/*.deb

# Passwords are NAME-password, with few rounds: a login should not cost a second.
for name in alice bob carol dave frank; do
  chroot "$root" useradd --create-home --user-group --shell /bin/sh "$name"
  echo "$name:$name-password"
done >"$root/root/passwords"
echo root:root-password >>"$root/root/passwords"
chroot "$root" chpasswd --crypt-method SHA512 --sha-rounds 1000 <"$root/root/passwords"
rm "$root/root/passwords"
chroot "$root" usermod --append --groups sudo alice
# No ticket is kept, and a refusal is not asked again: each sudo is one login.
printf 'Defaults timestamp_timeout=0, passwd_tries=1\n' >"$root/etc/sudoers.d/booted"
chmod 0440 "$root/etc/sudoers.d/booted"

# Every login of a test comes from one address: sshd must neither turn it away nor keep it waiting. Otherwise this is
# sshd as Debian ships it.
printf 'PerSourcePenalties no\nMaxStartups 200\n' >"$root/etc/ssh/sshd_config.d/booted.conf"
# A refusal is told at once: the tests meet hundreds, and the delay that PAM adds (2 s, 3 s on the console) proves nothing.
sed -i 's/nullok$/nullok nodelay/' "$root/usr/share/pam-configs/unix"
chroot "$root" pam-auth-update --package --force
grep -q 'pam_unix.so nullok nodelay' "$root/etc/pam.d/common-auth"
sed -i 's/^\(auth.*pam_faildelay.so\).*/\1 delay=0/' "$root/etc/pam.d/login"
# pam_env warns at each login when there is none.
: >"$root/etc/default/locale"
printf '127.0.0.1 localhost booted.test booted\n' >"$root/etc/hosts"
echo booted.test >"$root/etc/hostname"
: >"$root/etc/resolv.conf"
