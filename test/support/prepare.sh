#!/bin/sh
# Installs what the tests use beyond Node, on Debian and as root, and only what is missing. Prints one line when it
# installs something and nothing when all is there. Without root it says which tests will be skipped, and succeeds.
# It starts no service: installing openssh-server must not open a port on the machine that runs the tests.
set -eu

# The compilers and headers; what the system tests log in with; the fuzzer, the leak checker, ELF and TLS tools;
# clients of Duo's API that this project did not write (pam_duo and login_duo among them: only tests load those);
# an HTTP proxy (its package without the service); the two programs that render manual pages; systemd for
# systemd-analyze and its like, which need no running systemd; what plays the alerts, and reads Prometheus' text and
# YAML; Debian's judge of packages, AppArmor's parser, and what tells which files a program opens; what builds the
# container image, and what boots a whole Debian (systemd-nspawn).
wanted="gcc make libc6-dev libpam0g-dev
openssh-server openssh-client openssh-sftp-server sudo rsync passwd login util-linux hostname
clang valgrind binutils openssl python3-duo-client libnet-duo-perl libpam-duo login-duo tinyproxy-bin man-db mandoc systemd git fail2ban
prometheus python3-prometheus-client python3-yaml
buildah debootstrap tar lintian apparmor strace systemd-container"

installed() { dpkg -s "$1" 2>/dev/null | grep -q '^Status: install ok installed'; }

if ! command -v dpkg >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
  echo "prepare.sh: this is no Debian; tests that miss a program are skipped, each with the program's name"
  exit 0
fi

missing=""
for package in $wanted; do
  installed "$package" || missing="$missing $package"
done
# clang's sanitizer and fuzzer libraries are a package of its major version.
version="$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p')"
if [ -n "$version" ] && ! installed "libclang-rt-$version-dev"; then missing="$missing libclang-rt-$version-dev"; fi

if [ -z "$missing" ]; then
  [ "$(id -u)" = 0 ] || echo "prepare.sh: not root; the tests in test/system that need sshd, sudo or su will be skipped"
  exit 0
fi
if [ "$(id -u)" != 0 ]; then
  echo "prepare.sh: not root; not installed:$missing; tests that need them, and the login tests in test/system, will be skipped"
  exit 0
fi

# Debian asks policy-rc.d before a package's script starts a service. Ours refuses while this script lives, and
# permits everything again by itself if the script was killed before it could take it away.
policy=/usr/sbin/policy-rc.d
if [ -e "$policy" ]; then
  if "$policy" ssh start >/dev/null 2>&1 && ! installed openssh-server; then
    echo "prepare.sh: $policy exists and permits starting ssh; install openssh-server yourself, then run this again" >&2
    exit 1
  fi
else
  cleanup() { rm -f "$policy"; }
  trap cleanup EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\n# Made by prepare.sh of duogate; remove it when process %s is gone.\n[ -d /proc/%s ] || exit 0\nexit 101\n' \
    "$$" "$$" >"$policy"
  chmod 0755 "$policy"
fi

# Nor at the next boot: where systemd runs, a server that comes only for the tests stays masked.
keep_masked() {
  if [ ! -d /run/systemd/system ] || installed "$1"; then return; fi
  package="$1"
  shift
  echo "prepare.sh: $package comes masked; 'systemctl unmask $*' if you want to use it on this machine"
  systemctl mask --quiet "$@"
}
keep_masked openssh-server ssh.service ssh.socket
keep_masked fail2ban fail2ban.service
keep_masked prometheus prometheus.service
keep_masked apparmor apparmor.service

echo "prepare.sh: installing$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of package names
if ! apt-get install --yes --quiet=2 --no-install-recommends $missing </dev/null >/dev/null 2>&1; then
  apt-get update --quiet=2 >/dev/null
  # shellcheck disable=SC2086
  apt-get install --yes --quiet=2 --no-install-recommends $missing </dev/null >/dev/null
fi
