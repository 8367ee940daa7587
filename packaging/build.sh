#!/bin/sh
# Builds duogate_VERSION_ARCH.deb: the same bytes from the same source, wherever and whenever. Called by `npm run package`, behind
# npm ci. Needs dpkg-deb, a C and a C++ compiler, make, and Node's headers; compiles anew in a folder of its own, so that
# nothing an earlier build left behind gets in.
# Usage: build.sh [--output FOLDER] [--suffix +TEXT]     the suffix goes behind the version, for a package to upgrade to
set -eu
umask 022
export LC_ALL=C TZ=UTC

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
output=$root/dist/package
suffix=
while [ "$#" -gt 0 ]; do
	case $1 in
	--output) output=$2 && shift 2 ;;
	--suffix) suffix=$2 && shift 2 ;;
	*) echo "build.sh: unknown argument $1" >&2 && exit 2 ;;
	esac
done

# The changelog says the Debian version; it must be of the release that package.json says (a semver's -rc.1 sorts as ~rc.1).
version=$(sed -n '1s/^duogate (\([^)]*\)).*/\1/p' "$here/changelog")
release=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).version.replace("-", "~")' "$root/package.json")
if [ "${version%-*}" != "$release" ]; then
	echo "build.sh: packaging/changelog is about $version and package.json about $release: add an entry" >&2
	exit 1
fi
version=$version$suffix
# The entry's date is the date of everything in the package.
SOURCE_DATE_EPOCH=$(date -u -d "$(sed -n 's/^ -- .*>  //p' "$here/changelog" | head -n 1)" +%s)
export SOURCE_DATE_EPOCH
arch=$(dpkg --print-architecture)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
stage=$work/stage
mkdir -p "$stage/DEBIAN"

sh "$here/stage-program.sh" "$root" "$work" "$stage"
sh "$here/stage-native.sh" "$root" "$work" "$stage"
sh "$here/stage-system.sh" "$root" "$work" "$stage"
sh "$here/stage-docs.sh" "$root" "$work" "$stage"
sh "$here/stage-control.sh" "$root" "$stage" "$version" "$arch"

# Owners are root's by dpkg-deb's own option; it sorts the files and takes later dates than SOURCE_DATE_EPOCH down to
# that, so earlier ones are brought up here. One thread: xz cuts its blocks by the number of threads.
find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$output"
package=$output/duogate_${version}_$arch.deb
DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group -Zxz --build "$stage" "$package" >/dev/null
echo "$package"
