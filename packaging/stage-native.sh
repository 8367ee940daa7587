#!/bin/sh
# The machine code: the PAM module, login_duogate, and the two addons through which Node calls libc and libpam. All compiled here,
# with the build folder's name taken out of what the compiler writes, and stripped. Called by build.sh with ROOT WORK STAGE.
set -eu
root=$1
work=$2
stage=$3
multiarch=$("${CC:-cc}" -print-multiarch)
map=-ffile-prefix-map=$work=.

make --silent -C "$root/native" BUILD="$work/native" CFLAGS="-O2 $map"
install -D -m 0644 "$work/native/pam_duogate.so" "$stage/usr/lib/$multiarch/security/pam_duogate.so"
install -D -m 0755 "$work/native/login_duogate" "$stage/usr/bin/login_duogate"

# node-gyp as npm names it to what it runs; else as npm brings it, or as Debian packages it. Headers beside the node that is
# used, so that none are downloaded.
npm=$(dirname "$(readlink -f "$(command -v npm)")")/..
for gyp in "${npm_config_node_gyp:-}" "$npm/node_modules/node-gyp/bin/node-gyp.js" /usr/share/nodejs/node-gyp/bin/node-gyp.js; do
	if [ -e "$gyp" ]; then break; fi
done
prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
nodedir=${npm_config_nodedir:-}
if [ -e "$prefix/include/node/node.h" ]; then nodedir=$prefix; fi

# A copy with only what the compiler reads, laid out as in node_modules, where the addons look for the headers.
mkdir "$work/node_modules"
for package in node-addon-api get-uv-event-loop-napi-h get-symbol-from-current-process-h ffi-napi @2060.io/ref-napi; do
	mkdir -p "$work/node_modules/$package"
	(cd "$root/node_modules/$package" && tar -cf - --exclude=./build --exclude=./test .) | tar -C "$work/node_modules/$package" -xf -
done
for package in ffi-napi @2060.io/ref-napi; do
	if ! (cd "$work/node_modules/$package" && CFLAGS=$map CXXFLAGS=$map node "$gyp" rebuild ${nodedir:+"--nodedir=$nodedir"}) >"$work/gyp.log" 2>&1; then
		cat "$work/gyp.log" >&2
		exit 1
	fi
	for addon in "$work/node_modules/$package"/build/Release/*.node; do
		install -D -m 0644 "$addon" "$stage/usr/lib/duogate/node_modules/$package/build/Release/$(basename "$addon")"
	done
done

find "$stage/usr" -type f \( -name '*.node' -o -name '*.so' -o -name login_duogate \) | sort >"$work/elf"
while IFS= read -r file; do
	strip --strip-unneeded --remove-section=.comment --remove-section=.note "$file"
done <"$work/elf"
