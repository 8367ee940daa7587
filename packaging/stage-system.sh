#!/bin/sh
# What the system reads: units, account, folder, configuration, pam-auth-update profile, AppArmor profile, completion. Called by
# build.sh with ROOT WORK STAGE.
set -eu
root=$1
work=$2
stage=$3

put() { install -D -m "$1" "$2" "$stage/$3"; }

for unit in "$root"/systemd/*.service "$root"/systemd/*.socket; do
	put 0644 "$unit" "usr/lib/systemd/system/$(basename "$unit")"
done
put 0644 "$root/systemd/sysusers.d/duogate.conf" usr/lib/sysusers.d/duogate.conf
put 0644 "$root/systemd/tmpfiles.d/duogate.conf" usr/lib/tmpfiles.d/duogate.conf
put 0755 "$root/systemd/configured" usr/lib/duogate/configured

put 0600 "$root/conf/duogate.conf" etc/duogate/duogate.conf
put 0644 "$root/conf/apparmor.d/duogated" etc/apparmor.d/duogated
put 0644 "$root/conf/pam-configs/duogate" usr/share/pam-configs/duogate

# Made from the command's own help, by the program that stage-program.sh has compiled.
ln -sfn "$root/node_modules" "$work/dist/node_modules"
node "$work/dist/test/support/generate-completion.js" >"$work/completion"
put 0644 "$work/completion" usr/share/bash-completion/completions/duogate

find "$stage/etc" -type f | sort | sed "s|^$stage||" >"$stage/DEBIAN/conffiles"
