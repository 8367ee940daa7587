// What public scripts that answer Duo Unix's menu (expect, pexpect, paramiko handlers) wait for. Each of our menus must match
// all of them. SOURCE: patterns seen in public repositories.

export const AWAITED: readonly RegExp[] = [
  /Passcode or option \(1-\d\):/,
  /\(\d+-\d+\): /,
  /\((\d+)-(\d+)\):\s*$/,
  /Enter a passcode or select one of the following options/,
];
