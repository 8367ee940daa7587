// Owns an emulator with a client for the length of one test.

import type { TestContext } from "node:test";
import { type Emulator, type EmulatorOptions, startEmulator } from "../emulator.ts";
import { type SignedClient, signedClient } from "./signed-client.ts";

/** An emulator and a client that has its keys. */
export interface Lab {
  readonly emulator: Emulator;
  readonly client: SignedClient;
}

/** Starts both; they end with the test. */
export async function startLab(context: TestContext, options: EmulatorOptions = {}): Promise<Lab> {
  const emulator = await startEmulator(options);
  const client = signedClient(emulator);
  context.after(async () => {
    await client.close();
    await emulator.close();
  });
  return { emulator, client };
}
