// People before a PAM stack, as the modules of this machine's users see them, for running stacks through the real libpam: what each
// module says to each of them, from the modules' manuals and sources. Independent of what src/host/pam/ believes of modules.

export const PEOPLE = ["local", "root", "directory", "local-wrong", "directory-wrong", "root-wrong"] as const;
export type Person = (typeof PEOPLE)[number];

export const hasPassword = (person: Person): boolean => !person.endsWith("-wrong");

const [SUCCESS, PERM_DENIED, AUTH_ERR, USER_UNKNOWN, IGNORE] = [0, 6, 7, 10, 25] as const;

type Answer = (person: Person, args: string) => number;

const local: Answer = (person) => (isDirectory(person) ? USER_UNKNOWN : hasPassword(person) ? SUCCESS : AUTH_ERR);
const directory: Answer = (person) => (isDirectory(person) ? (hasPassword(person) ? SUCCESS : AUTH_ERR) : USER_UNKNOWN);
const token: Answer = (person) => (hasPassword(person) ? SUCCESS : AUTH_ERR);
const ifSo = (holds: boolean, otherwise: number) => (holds ? SUCCESS : otherwise);

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ["pam_unix", local],
  ["pam_authd_exec", (person) => (isDirectory(person) ? directory(person, "") : IGNORE)],
  ...["pam_sss", "pam_ldap", "pam_krb5", "pam_winbind"].map((name) => [name, directory] as const),
  ...["pam_u2f", "pam_google_authenticator"].map((name) => [name, token] as const),
  ...["pam_fprintd", "pam_systemd_home"].map((name) => [name, () => USER_UNKNOWN] as const),
  ...["pam_nologin", "pam_cap", "pam_sepermit", "pam_faildelay"].map((name) => [name, () => IGNORE] as const),
  ["pam_usertype", (person) => ifSo(!isRoot(person), AUTH_ERR)],
  ["pam_localuser", (person) => ifSo(!isDirectory(person), PERM_DENIED)],
  ["pam_succeed_if", (person, args) => ifSo(!isRoot(person) && args.includes("uid >="), AUTH_ERR)],
  ["pam_rootok", () => AUTH_ERR],
  ["pam_faillock", (_, args) => (args.includes("authfail") ? IGNORE : SUCCESS)],
]);

const isDirectory = (person: Person): boolean => person.startsWith("directory");
const isRoot = (person: Person): boolean => person.startsWith("root");

const FACTORS = /^pam_(?:unix|sss|ldap|krb5|winbind|authd_exec|u2f|google_authenticator|fprintd|systemd_home)$/;

/** This person has shown a secret to one of these modules. */
export function hasProved(person: Person, modules: readonly string[]): boolean {
  return modules.some((name) => FACTORS.test(name) && answerOf(name, "", person) === SUCCESS);
}

/** The number that the module returns. Undefined: the real module runs. */
export function answerOf(module: string, args: string, person: Person): number | undefined {
  if (module === "pam_deny" || module === "pam_permit") return undefined;
  return ANSWERS.get(module)?.(person, args) ?? SUCCESS;
}
