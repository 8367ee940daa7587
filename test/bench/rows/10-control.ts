// What a round trip costs without duogate: one bare request over an open HTTPS connection through the same relay to the same
// emulator, with nothing of duogate in between. A login's figure has this share in it once for each of its round trips.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { Rig } from "../rig.ts";
import type { Row } from "../row.ts";

const WARM_UP = 5;

export const row: Row = {
  title: "the rig itself",
  async measure(rig) {
    const { count } = rig.settings;
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(rig.emulator.caFile) });
    const samples: number[] = [];
    for (let i = -WARM_UP; i < count; i += 1) {
      const elapsed = await bareRequest(rig, agent);
      if (i >= 0) samples.push(elapsed);
      rig.progress(i + 1, count);
    }
    agent.destroy();
    const title = "control: one bare HTTPS request, no duogate";
    return [{ kind: "measured", id: "control-bare-request", title, unit: "ms", samples }];
  },
};

async function bareRequest({ relay, signal }: Rig, agent: Agent): Promise<number> {
  const began = performance.now();
  const sent = request({ host: "localhost", port: relay.port, path: "/auth/v2/ping", agent, signal, family: 4 });
  sent.end();
  const [response]: IncomingMessage[] = await once(sent, "response");
  response?.resume();
  if (response !== undefined) await once(response, "end");
  return performance.now() - began;
}
