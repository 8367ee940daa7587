#!/bin/sh
# The TypeScript part: /usr/lib/duogate with the compiled program, the packages that it runs with, and Duo's roots; the command
# in /usr/bin. Called by build.sh with ROOT WORK STAGE.
set -eu
root=$1
work=$2
stage=$3
lib=$stage/usr/lib/duogate

# A file with mode 0644, in the folder that its name says.
put() { install -D -m 0644 "$1" "$2"; }

# Every file below $1 that find's further arguments choose, to the same place below $2.
put_all() {
	from=$1
	to=$2
	shift 2
	(cd "$from" && find . -type f "$@") | sort >"$work/list"
	while IFS= read -r file; do put "$from/$file" "$to/${file#./}"; done <"$work/list"
}

# Compiled into a folder of its own: what an earlier build left in dist/ is not shipped.
(cd "$root" && node_modules/.bin/tsc --project tsconfig.json --incremental false --tsBuildInfoFile null --sourceMap false --outDir "$work/dist")
put_all "$work/dist/src" "$lib/dist/src" -name '*.js'
put "$root/conf/duo-roots.pem" "$lib/conf/duo-roots.pem"

# Of package.json what Node and the program read. The interpreter by its own path: root's PATH has no say in what runs.
node -e 'const { name, version, license, type } = JSON.parse(fs.readFileSync(process.argv[1])); console.log(JSON.stringify({ name, version, license, type }))' \
	"$root/package.json" >"$work/package.json"
put "$work/package.json" "$lib/package.json"
sed '1s|^#!/usr/bin/env node$|#!/usr/bin/node|' "$work/dist/src/main.js" >"$work/main.js"
install -m 0755 "$work/main.js" "$lib/dist/src/main.js"
mkdir -p "$stage/usr/bin"
ln -s ../lib/duogate/dist/src/main.js "$stage/usr/bin/duogate"

# The packages that package-lock.json needs at run time, and of each what Node can load: no sources, types, tests, examples or
# documents, and no addon built on the machine that ran npm ci (stage-native.sh builds those).
sh "$root/packaging/run-time-packages.sh" "$root" >"$work/packages"
while IFS= read -r folder; do
	put_all "$root/$folder" "$lib/$folder" \( -name '*.js' -o -name '*.cjs' -o -name '*.mjs' -o -name package.json \) \
		! -path './node_modules/*' ! -path './build/*' ! -path './deps/*' ! -path '*/.*/*' ! -name '.*' ! -name '*.test.*' \
		! -path './test/*' ! -path './tests/*' ! -path './__tests__/*' ! -path './example/*' ! -path './examples/*' \
		! -path './bench*/*' ! -path './docs/*' ! -path './scripts/*' ! -path './tap-snapshots/*' ! -name '*.min.js' \
		! -name test.js ! -name 'bench*.js' ! -name 'example*.js'
done <"$work/packages"
# Commands for people who build or debug; nothing here runs them.
grep -rlZ --include='*.js' '^#!' "$lib/node_modules" | xargs -0 -r awk 'FNR == 1 && /^#!/ { print FILENAME } { nextfile }' | xargs -r rm
