// Who is one user for everything that may happen to a user's phone once at a time: a name, or whoever has the phones that Duo
// told. Duo knows one account by several names (aliases, alice and alice@example.org and DOMAIN\alice), and each form that this
// machine takes would ring otherwise.

/** Those of one user have at least one in common. Duo takes "Alice" and "alice" for one. */
export function userKeys(user: string, phones: string | undefined): readonly string[] {
  const name = `user ${user.normalize("NFC").toLowerCase()}`;
  return phones === undefined ? [name] : [name, `phones ${phones}`];
}
