// Prints the bash completion of the duogate command, made from its own help, so that it cannot fall behind it. Run by
// packaging/stage-system.sh: node dist/test/support/generate-completion.js

import { type CommandNode, commandTree } from "./command-tree.ts";

/** What stands for a value, by its placeholder: bash has words for these. Everything else is the user's to type. */
const KINDS: Readonly<Record<string, string>> = {
  file: "FILE",
  path: "FILE",
  folder: "FILE",
  user: "USER",
  service: "SERVICE",
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function words({ path, subcommands, options }: CommandNode): string {
  return `  [${quoted(path)}]=${quoted([...subcommands, ...options.flatMap(({ names }) => names)].join(" "))}`;
}

function values({ path, options, places }: CommandNode): readonly string[] {
  const ofOptions = options.flatMap(({ names, value, choices }) =>
    value === undefined
      ? []
      : names.map((name) => [`${path} ${name}`, choices.length > 0 ? choices.join(" ") : (KINDS[value] ?? "NOTHING")]),
  );
  const ofPlaces = places.map((name, index) => [`${path} #${index + 1}`, KINDS[name] ?? "NOTHING"]);
  return [...ofOptions, ...ofPlaces].map(([key = "", value = ""]) => `  [${quoted(key)}]=${quoted(value)}`);
}

/**
 * Files in /etc/pam.d that are no service of a person's login: parts that services include, and services where a prompt has
 * nobody to answer it, or whose user changes a password or an account instead of logging in.
 */
const NO_LOGINS =
  "@(common-*|other|system-auth*|password-auth*|postlogin*|fingerprint-auth*|smartcard-auth*|*chpasswd|chfn|chsh|newusers|passwd|groupadd|groupdel|groupmod|useradd|userdel|usermod|cron|crond|atd|runuser*|systemd-user|sssd-shadowutils|*.*)";

const tree = await commandTree();
process.stdout.write(`# bash completion for duogate, made from its own help when the package was built.

# The words of each command, and what kind of thing follows an option or stands in a place: FILE, USER, SERVICE, NOTHING,
# or the words to choose from.
declare -gA _duogate_words=(
${tree.map(words).join("\n")}
)
declare -gA _duogate_values=(
${tree.flatMap(values).join("\n")}
)

_duogate() {
  local current=$2 command=duogate place=1 word kind index
  local option=
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ -n $option && $word != = ]]; then
      option=
    elif [[ -n \${_duogate_words["$command $word"]-} ]]; then
      command+=" $word"
    elif [[ -n \${_duogate_values["$command $word"]-} ]]; then
      option=$word
    elif [[ $word != -* && $word != = ]]; then
      place=$((place + 1))
    fi
  done
  if [[ $current == = ]]; then current=; fi
  kind=
  if [[ -n $option ]]; then
    kind=\${_duogate_values["$command $option"]}
  elif [[ $current != -* ]]; then
    kind=\${_duogate_values["$command #$place"]-}
  fi
  case $kind in
  NOTHING) ;;
  FILE)
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    ;;
  USER) mapfile -t COMPREPLY < <(compgen -u -- "$current") ;;
  SERVICE) mapfile -t COMPREPLY < <(shopt -s extglob; cd /etc/pam.d 2>/dev/null && compgen -f -X '${NO_LOGINS}' -- "$current") ;;
  '') mapfile -t COMPREPLY < <(compgen -W "\${_duogate_words["$command"]}" -- "$current") ;;
  *) mapfile -t COMPREPLY < <(compgen -W "$kind" -- "$current") ;;
  esac
}

complete -F _duogate duogate
`);
