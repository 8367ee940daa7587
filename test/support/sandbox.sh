#!/bin/sh
# Builds the private machine that the system tests run on, then becomes its first process. Called by sandbox.ts only,
# already inside new mount, process, network and host name namespaces: every mount below ends with the last process
# in here, so that the real /etc, /run, /dev and /var/log are never written, not even when all is ended by SIGKILL.
# Usage: sandbox.sh SANDBOX-INIT COMMAND [ARGUMENT...]
set -eu
if [ "$$" != 1 ]; then
  echo "sandbox.sh: not the first process of a namespace; use test/support/sandbox.ts" >&2
  exit 126
fi
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8

# /run first: the other private trees live on this tmpfs. It hides the sockets of the real machine's services
# (D-Bus, logind, nscd) as well, so that no PAM module can speak to them.
mount -t tmpfs -o mode=0755 duogate-run /run
mkdir -p /run/home /run/lock /run/sshd /run/sandbox /run/tmp /run/private
chmod 0700 /run/private
cp -a /etc /run/private/etc
mount --bind /run/private/etc /etc

mkdir /run/private/log
mount --bind /run/private/log /var/log
: >/var/log/lastlog
: >/var/log/wtmp
: >/var/log/btmp
: >/run/utmp
if [ -d /var/lib/sudo ]; then
  mount -t tmpfs -o mode=0700 duogate-sudo /var/lib/sudo
fi

# A /dev of our own: /dev/log can be made where there is none, and a private devpts has a ptmx that all may open.
mkdir /run/private/dev
for name in null zero full random urandom tty; do
  : >"/run/private/dev/$name"
  mount --bind "/dev/$name" "/run/private/dev/$name"
done
mkdir /run/private/dev/pts /run/private/dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 duogate-pts /run/private/dev/pts
mount -t tmpfs -o mode=1777 duogate-shm /run/private/dev/shm
ln -s pts/ptmx /run/private/dev/ptmx
ln -s /proc/self/fd /run/private/dev/fd
ln -s fd/0 /run/private/dev/stdin
ln -s fd/1 /run/private/dev/stdout
ln -s fd/2 /run/private/dev/stderr
mount --rbind /run/private/dev /dev

# Names come from files only, whatever the real machine asks; nothing in here needs a name server.
cat >/etc/nsswitch.conf <<'END'
passwd: files
group: files
shadow: files
gshadow: files
hosts: files
END
hostname sandbox.test
printf '127.0.0.1 localhost\n127.0.1.1 sandbox.test sandbox\n' >/etc/hosts

# The users of the Duo emulator that can be logins here, with their names and "-password" as passwords. Few rounds: a login should not cost a second.
for name in alice bob carol dave frank; do
  if id "$name" >/dev/null 2>&1; then userdel --force "$name"; fi
  useradd --no-log-init --create-home --home-dir "/run/home/$name" --user-group --shell /bin/sh "$name"
  echo "$name:$name-password"
done >/run/private/passwords
echo root:root-password >>/run/private/passwords
chpasswd --crypt-method SHA512 --sha-rounds 1000 </run/private/passwords

export TMPDIR=/run/tmp HOME=/root
unset SSH_AUTH_SOCK SSH_CONNECTION SSH_ASKPASS DISPLAY MAIL || :
exec "$@"
