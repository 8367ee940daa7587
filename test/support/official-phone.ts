// The person with the phone, for logins whose client polls: answers each push or call once its waiting state was told,
// so that what the client shows is the same at every run. Used by the tests with official clients.

import type { Emulator } from "../emulator/emulator.ts";

/** What the person does to one push or call; `pick-up` answers the call and then approves. */
export type PhoneAction = "approve" | "deny" | "pick-up";

/** A person at work. */
interface Person {
  /** Ends the watch; rejects if an action failed. */
  stop(): Promise<void>;
}

/** Resolves when the transaction has been polled `count` times more, from the request numbered `after` on. */
async function polled(
  emulator: Emulator,
  txid: string,
  count: number,
  after: number,
  signal: AbortSignal,
): Promise<number> {
  let last = after;
  for (let seen = 0; seen < count; ) {
    const request = await emulator.nextRequest("auth_status", { after: last, signal });
    last = request.sequence;
    if (request.params["txid"] === txid) seen += 1;
  }
  return last;
}

async function act(emulator: Emulator, user: string, action: PhoneAction, signal: AbortSignal): Promise<void> {
  const { txid } = await emulator.nextPush(user, { signal });
  // The first poll was told the waiting state; the second one is held until the person acts.
  const held = await polled(emulator, txid, 2, 0, signal);
  if (action !== "pick-up") {
    emulator[action](txid);
    return;
  }
  emulator.pickUp(txid);
  await polled(emulator, txid, 1, held, signal);
  emulator.approve(txid);
}

/** Begins to answer that user's pushes and calls, one action for each in turn. */
function person(emulator: Emulator, user: string, actions: readonly PhoneAction[]): Person {
  const stopping = new AbortController();
  const work = async (): Promise<void> => {
    for (const action of actions) await act(emulator, user, action, stopping.signal);
  };
  const done = work().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  // Told by stop(); until then it is not unhandled.
  done.catch(() => undefined);
  return {
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

/** Runs a login while the person answers its pushes and calls. */
export async function withPerson<T>(
  emulator: Emulator,
  user: string,
  actions: readonly PhoneAction[],
  login: () => Promise<T>,
): Promise<T> {
  const somebody = person(emulator, user, actions);
  try {
    return await login();
  } finally {
    await somebody.stop();
  }
}
