#!/bin/sh
# What people read: manual pages, documents, examples, changelogs, copyright. Called by build.sh with ROOT WORK STAGE.
set -eu
root=$1
work=$2
stage=$3
doc=$stage/usr/share/doc/duogate

# Without a name or a date in the compressed file.
pack() { mkdir -p "$(dirname "$2")" && gzip -9n <"$1" >"$2"; }

for page in "$root"/docs/man/*.[158]; do
	section=${page##*.}
	pack "$page" "$stage/usr/share/man/man$section/$(basename "$page").gz"
done

for file in "$root/README.md" "$root/SECURITY.md" "$root"/docs/*.md; do
	install -D -m 0644 "$file" "$doc/$(basename "$file")"
done
pack "$root/CHANGELOG.md" "$doc/changelog.gz"
pack "$root/packaging/changelog" "$doc/changelog.Debian.gz"

# Everything in conf/ that has no place of its own on the system.
for folder in "$root"/conf/*/; do
	case $(basename "$folder") in
	pam-configs | apparmor.d) continue ;;
	esac
	(cd "$root/conf" && find "$(basename "$folder")" -type f) | sort >"$work/list"
	while IFS= read -r file; do install -D -m 0644 "$root/conf/$file" "$doc/examples/$file"; done <"$work/list"
done

# The licence of every package that is inside, word for word; blank lines as the format wants them.
{
	cat "$root/packaging/copyright"
	sh "$root/packaging/run-time-packages.sh" "$root" --all >"$work/packages"
	while IFS= read -r folder; do
		license=$(cd "$root/$folder" && find . -maxdepth 1 -type f -iname 'licen[cs]e*' | sort | head -n 1)
		printf '\nFiles: usr/lib/duogate/%s/*\n' "$folder"
		node -p 'const { name, license } = JSON.parse(fs.readFileSync(process.argv[1])); `Copyright: the authors of ${name}, see below\nLicense: ${license}-${name.replace(/[^a-z0-9.-]+/g, "-")}`' \
			"$root/$folder/package.json"
		if cmp -s "$root/$folder/$license" "$root/LICENSE" || grep -q 'Apache License' "$root/$folder/$license"; then
			echo " On Debian systems the text is in /usr/share/common-licenses/Apache-2.0."
		else
			sed 's/[[:space:]]*$//; s/^/ /; s/^ $/ ./' "$root/$folder/$license"
		fi
	done <"$work/packages"
	printf '\nFiles: usr/lib/duogate/node_modules/ffi-napi/build/Release/*\nCopyright: the authors of libffi, see below\nLicense: MIT-libffi\n'
	sed 's/[[:space:]]*$//; s/^/ /; s/^ $/ ./' "$root/node_modules/ffi-napi/deps/libffi/LICENSE"
} >"$work/copyright"
install -D -m 0644 "$work/copyright" "$doc/copyright"
