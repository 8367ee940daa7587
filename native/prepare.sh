#!/bin/sh
# Makes sure that what `make -C native` needs is here: a C compiler, make, libc's and PAM's headers. Installs it only as root on a Debian-like
# system; anywhere else it names the packages and fails. Called by `npm run build:native`.
set -eu

PACKAGES="gcc make libc6-dev libpam0g-dev"

has_header() {
	printf '#include <sys/types.h>\n#include <%s>\nint main(void) { return 0; }\n' "$1" | "$compiler" -fsyntax-only -x c - 2>/dev/null
}

is_ready() {
	compiler=${CC:-cc}
	command -v "$compiler" >/dev/null 2>&1 && command -v make >/dev/null 2>&1 && has_header stdlib.h && has_header security/pam_modules.h
}

if is_ready; then
	exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "native: a C compiler, make, or the headers of libc or PAM are missing; install: $PACKAGES (on other systems: gcc make glibc-devel pam-devel)" >&2
	exit 1
fi
echo "native: installing $PACKAGES"
export DEBIAN_FRONTEND=noninteractive
# Index first: a fresh container has none. Its output matters only when something fails.
# shellcheck disable=SC2086
if ! log=$(apt-get -qq update 2>&1 && apt-get -qq install -y --no-install-recommends $PACKAGES 2>&1); then
	printf '%s\n' "$log" >&2
	echo "native: could not install $PACKAGES; install them by hand" >&2
	exit 1
fi
if ! is_ready; then
	echo "native: $PACKAGES are installed, but ${CC:-cc} still cannot compile a PAM module; check CC" >&2
	exit 1
fi
