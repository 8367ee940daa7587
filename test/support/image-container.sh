#!/bin/sh
# Does for one image what a container runtime does with --read-only, --cap-drop=ALL and --security-opt no-new-privileges, and
# becomes its first process. Called by image-container.ts only, as root, already inside new mount and process namespaces:
# every mount below ends with the last process in here. The network stays the machine's, where the emulator listens.
# Usage: image-container.sh ROOT ETC RUN COMMAND [ARGUMENT...]
set -eu
if [ "$$" != 1 ]; then
  echo "image-container.sh: not the first process of a namespace; use test/support/image-container.ts" >&2
  exit 126
fi
root="$1"
etc="$2"
run="$3"
shift 3
umask 022

# What a runtime puts where the image has nothing to mount upon.
mkdir -p "$root/proc" "$root/dev"
touch "$root/etc/hosts" "$root/etc/resolv.conf"
mount --bind "$root" "$root"
mount -o remount,bind,ro,nosuid,nodev "$root"

mount -t proc -o nosuid,nodev,noexec image-proc "$root/proc"
mount -t tmpfs -o nosuid,mode=0755,size=64k image-dev "$root/dev"
for name in null zero full random urandom; do
  : >"$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mount -o remount,ro "$root/dev"
for name in hosts resolv.conf; do
  mount --bind "/etc/$name" "$root/etc/$name"
  mount -o remount,bind,ro "$root/etc/$name"
done

mount --bind "$etc" "$root/etc/duogate"
mount -o remount,bind,ro,nosuid,nodev,noexec "$root/etc/duogate"
mount --bind "$run" "$root/run/duogate"
mount -o remount,bind,nosuid,nodev,noexec "$root/run/duogate"
exec chroot "$root" "$@"
