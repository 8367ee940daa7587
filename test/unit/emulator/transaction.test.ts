// Holds the long poll and the end of transactions: what a poll returns, when it holds, what can change afterwards.

import assert from "node:assert/strict";
import { test } from "node:test";
import { toAccount } from "../../emulator/store/account.ts";
import { Transaction, type TransactionState } from "../../emulator/store/transaction.ts";

const pushed: TransactionState = { result: "waiting", status: "pushed", status_msg: "pushed" };
const allow: TransactionState = { result: "allow", status: "allow", status_msg: "allowed" };
const deny: TransactionState = { result: "deny", status: "deny", status_msg: "denied" };
const never = new AbortController().signal;
const account = toAccount("alice", { status: "active" });

test("the first poll returns the first state at once, the second holds for the next", async () => {
  const transaction = new Transaction(account, pushed);
  assert.equal(await transaction.nextState(60_000, never), pushed);
  const second = transaction.nextState(60_000, never);
  transaction.advance(allow);
  assert.equal(await second, allow);
  assert.equal(await transaction.nextState(60_000, never), allow);
});

test("a poll that has held long enough repeats the waiting state", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const transaction = new Transaction(account, pushed);
  await transaction.nextState(1000, never);
  let answered = false;
  const poll = transaction.nextState(1000, never).then((state) => {
    answered = true;
    return state;
  });
  context.mock.timers.tick(999);
  await Promise.resolve();
  assert.equal(answered, false);
  context.mock.timers.tick(1);
  assert.equal(await poll, pushed);
});

test("a state that went to a client that had gone is told again", async () => {
  const transaction = new Transaction(account, pushed);
  await transaction.nextState(60_000, AbortSignal.abort());
  const poll = transaction.nextState(60_000, never);
  const held = new Promise((resolve) => setImmediate(resolve, "held"));
  assert.equal(await Promise.race([poll, held]), pushed);
  transaction.release();
});

test("a poll ends when its client goes", async () => {
  const transaction = new Transaction(account, pushed);
  await transaction.nextState(60_000, never);
  const gone = new AbortController();
  const poll = transaction.nextState(60_000, gone.signal);
  gone.abort();
  assert.equal(await poll, pushed);
});

test("nothing changes a finished transaction", () => {
  const transaction = new Transaction(account, pushed);
  assert.equal(transaction.advance(deny), true);
  assert.equal(transaction.advance(allow), false);
  assert.equal(transaction.state, deny);
});

test("status timeout is final even with the result waiting", () => {
  const transaction = new Transaction(account, pushed);
  transaction.advance({ result: "waiting", status: "timeout", status_msg: "too late" });
  assert.equal(transaction.pending, false);
  assert.equal(transaction.advance(allow), false);
});

test("the blocking wait passes over states in between", async () => {
  const transaction = new Transaction(account, { ...pushed, status: "calling" });
  const final = transaction.finalState(never);
  transaction.advance({ ...pushed, status: "answered" });
  transaction.advance(allow);
  assert.equal(await final, allow);
});

test("release frees whoever waits", async () => {
  const transaction = new Transaction(account, pushed);
  const final = transaction.finalState(never);
  await transaction.nextState(60_000, never);
  const poll = transaction.nextState(60_000, never);
  transaction.release();
  assert.deepEqual(await Promise.all([final, poll]), [pushed, pushed]);
});
