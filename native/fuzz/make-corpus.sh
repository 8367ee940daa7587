#!/bin/sh
# Turns the vectors into seeds for fuzz-dialogue: each frame alone, each of the daemon's behind a WELCOME, and two logins with prompts. Every
# seed begins with the four zeros that inject no trouble. Usage: make-corpus.sh frames.txt FOLDER. Called by make.
set -eu
vectors=$1
folder=$2

none='00 00 00 00'
welcome='00 00 00 07 80 01 00 03 74 2d 31'
prompt='00 00 00 05 83 01 00 01 3f'

# Blank-separated hex to bytes. %b knows octal everywhere, hexadecimal only in some shells.
to_bytes() {
	printf '%b' "$(printf '%s' "$1" | awk '
		function digit(c) { return index("0123456789abcdef", c) - 1 }
		{ for (i = 1; i <= NF; i++) printf "\\0%03o", digit(substr($i, 1, 1)) * 16 + digit(substr($i, 2, 1)) }')"
}

mkdir -p "$folder"
awk '/^vector / { name = $2; hex = "" }
     /^from /   { from = $2 }
     /^hex /    { sub(/^hex /, ""); hex = hex " " $0 }
     /^expect / { print from, name, hex }' "$vectors" |
	while read -r from name hex; do
		to_bytes "$none $hex" >"$folder/$from-$name"
		[ "$from" = helper ] || to_bytes "$none $welcome $hex" >"$folder/welcome-$name"
		if [ "$name" = verdict-allow ]; then
			to_bytes "$none $welcome $prompt $hex" >"$folder/login-one-prompt"
			to_bytes "$none $welcome $prompt $prompt $hex" >"$folder/login-two-prompts"
		fi
	done
touch "$folder"
