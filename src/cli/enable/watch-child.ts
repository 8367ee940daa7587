// The watching process: takes its order from standard input and watches. Must not be imported: loading it is running it.
// Started by watcher.ts, in a session of its own.

import { systemClock } from "../../core/clock.ts";
import { endingSignal } from "./ending-signal.ts";
import { watch } from "./watch.ts";

await watch({ input: process.stdin, output: process.stdout, clock: systemClock, ending: endingSignal() });
// Nothing more is heard: an open pipe must not keep the process.
process.stdin.destroy();
