#!/bin/sh
# The recipe of the base that the image test builds on: the smallest Debian 13, as debootstrap makes it. Its text is the key
# of the cached archive. It writes only below FOLDER. Called by image-base.ts, as root, with the network.
# Usage: image-base.sh FOLDER [MIRROR], which makes FOLDER/base.tar
set -eu
folder="$1"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
umask 022
debootstrap --variant=minbase trixie "$folder/root" ${2:+"$2"}
# Left by debootstrap from this machine, or for no one.
rm -rf "$folder"/root/etc/resolv.conf "$folder"/root/etc/hostname "$folder"/root/var/log/bootstrap.log
rm -rf "$folder"/root/var/cache/apt/archives/*.deb "$folder"/root/var/lib/apt/lists/*
tar --create --file "$folder/base.tar" --numeric-owner --one-file-system --directory "$folder/root" .
rm -rf "$folder/root"
