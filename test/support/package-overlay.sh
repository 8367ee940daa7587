#!/bin/sh
# A throw-away copy of this machine's root file system, in which packages can be installed and removed: an overlay whose
# changes are in memory and end with the last process in here. Called by package-overlay.ts only, already inside new mount,
# process and network namespaces. Usage: package-overlay.sh FOLDER-TO-SHARE COMMAND [ARGUMENT...]
set -eu
if [ "$$" != 1 ]; then
  echo "package-overlay.sh: not the first process of a namespace; use test/support/package-overlay.ts" >&2
  exit 126
fi
share="$1"
shift
umask 022
mount -t tmpfs -o mode=0755 duogate-disk /mnt
mkdir /mnt/upper /mnt/work /mnt/root /mnt/share
mount --bind "$share" /mnt/share
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work duogate-root /mnt/root
for folder in run tmp proc dev; do mkdir -p "/mnt/root/$folder"; done
mount -t tmpfs -o mode=0755 duogate-run /mnt/root/run
mount -t tmpfs -o mode=1777 duogate-tmp /mnt/root/tmp
mount -t proc proc /mnt/root/proc
mkdir /mnt/root/run/share
mount --bind /mnt/share /mnt/root/run/share
mount -t tmpfs -o mode=0755 duogate-dev /mnt/root/dev
for name in null zero full random urandom tty; do
  : >"/mnt/root/dev/$name"
  mount --bind "/dev/$name" "/mnt/root/dev/$name"
done
ln -s /proc/self/fd /mnt/root/dev/fd
# Not the machine's own refusal to start services: in here nothing is started, and the scripts' calls are looked at.
rm -f /mnt/root/usr/sbin/policy-rc.d
exec chroot /mnt/root "$@"
