#!/bin/sh
# What dpkg reads: fields, checksums, maintainer scripts. Last, because it counts and sums what the others have put there. Called by
# build.sh with ROOT STAGE VERSION ARCH.
set -eu
root=$1
stage=$2
version=$3
arch=$4

# The newest symbol version of a library, with $1 such as GLIBC, that our machine code asks for.
newest() {
	find "$stage/usr" -type f \( -name '*.node' -o -name '*.so' -o -name login_duogate \) -exec objdump -T {} + |
		sed -n "s/.*[( ]$1_\([0-9][0-9.]*\).*/\1/p" | sort -uV | tail -n 1
}

# The addons are C++, and so is Node, whose package brings libstdc++: no dependency of our own, as long as an older one than
# that of the oldest Debian with this Node will do (12, GCC 12, GLIBCXX_3.4.30).
glibcxx=$(newest GLIBCXX)
if [ "$(printf '%s\n3.4.30\n' "$glibcxx" | sort -V | tail -n 1)" != 3.4.30 ]; then
	echo "stage-control.sh: an addon asks for GLIBCXX_$glibcxx: build on an older system, or depend on libstdc++6" >&2
	exit 1
fi

# As dpkg-gencontrol counts: each file in whole KiB, and one for everything else.
size=$(cd "$stage" && {
	find . -path ./DEBIAN -prune -o -type f -printf '%s\n' | awk '{ total += int(($1 + 1023) / 1024) } END { print total }'
	find . -path ./DEBIAN -prune -o ! -type f -printf '1\n'
} | awk '{ total += $1 } END { print total }')

# libpam0g: the oldest release with every function of PAM that the module calls.
cat >"$stage/DEBIAN/control" <<END
Package: duogate
Version: $version
Architecture: $arch
Maintainer: duogate maintainers <duogate@example.org>
Installed-Size: $size
Depends: libc6 (>= $(newest GLIBC)), libpam-runtime (>= 1.0.1-6), libpam0g (>= 0.99.7.1), nodejs (>= 20.18.1)
Section: admin
Priority: optional
Description: second factor for Unix logins through Duo, with the keys in a daemon
 sshd, sudo, su and login load a thin PAM module. A daemon holds the keys, talks
 to Duo's Auth API over TLS, decides, and drives the conversation, so that no
 TLS, no JSON and no secret key is inside root's login processes.
 .
 Installing it changes no login: the profile for pam-auth-update is off until it
 is switched on, or a line is added to a service's file in /etc/pam.d.
END

(cd "$stage" && find usr -type f | sort | xargs -d '\n' md5sum) >"$stage/DEBIAN/md5sums"
chmod 0644 "$stage/DEBIAN"/*
for script in postinst prerm postrm; do
	install -m 0755 "$root/packaging/$script" "$stage/DEBIAN/$script"
done
