// Owns auth with factor=prompt: `prompt` is a factor name from the menu, or what the user typed.

import type { Outcome } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";
import { chosenParams } from "../menu/choice.ts";
import { auth as v2Auth } from "../v2/auth.ts";
import { refused, required, subject } from "../v2/params.ts";

/** POST /auth/v2/auth with factor=prompt */
export async function auth(call: ApiCall): Promise<Outcome> {
  const account = subject(call);
  if (account.kind === "refused") return account.outcome;
  if (account.value === undefined) return refused(40002, "username").outcome;
  const prompt = required(call, "prompt");
  if (prompt.kind === "refused") return prompt.outcome;
  const chosen = chosenParams(account.value, prompt.value);
  const rest = [...call.params].filter(([key]) => key !== "prompt" && key !== "device" && key !== "passcode");
  return v2Auth({ ...call, params: new Map([...rest, ...Object.entries(chosen)]) });
}
