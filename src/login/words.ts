// The fixed lines that a user can be shown, besides Duo's own text. Short, without system details: those go to the log
// under the transaction id.

import { type DisplayText, display, displayLine, displayText } from "../core/display-text.ts";
import type { FactorMenu, FactorOption } from "../duo/api.ts";
import { menuLines } from "./menu-lines.ts";

const fixed = (text: string): DisplayText => displayText(text);

export const WORDS = {
  notAnOption: fixed("That is not one of the options."),
  notUnderstood: fixed("That is neither an option nor a passcode."),
  factorGiven: fixed("Using the factor that came with the login."),
  tooSoon: fixed("That came too soon to be an answer. Press Enter again, or type your choice."),
  textSent: fixed(
    "A text message with passcodes was sent less than a minute ago. Enter one of those, or wait for a minute.",
  ),
  noDefault: fixed("Nothing was entered."),
  factorNotUsable: fixed("Duo could not use that factor for this login. Choose another one."),
  noAnswer: fixed("There was no answer in time."),
  maxTries: fixed("Too many attempts."),
  fraud: fixed("The login was reported as fraudulent."),
  lockedOut: fixed("Your Duo account is locked out. Contact your administrator."),
  denied: fixed("Access denied by Duo."),
  enroll: fixed("You have no Duo account yet, or no device in it. Enroll first, then log in again."),
  badName: fixed("This user name cannot be used with Duo."),
  unavailable: fixed("Duo cannot be reached, and no one is let in without it. Contact your administrator."),
  misconfigured: fixed("duogate is not set up correctly on this machine. Contact your administrator."),
  localTrouble: fixed("This machine could not send the request to Duo. Contact your administrator."),
  failed: fixed("The second factor failed."),
  outOfTime: fixed("There was no time left for this login."),
  noTurn: fixed(
    "Other logins of yours had your phone for as long as this one could wait. Answer them, or use a passcode.",
  ),
  noConversation: fixed("A second factor is required, and this connection cannot ask for one."),
  codeCannotBeShown: fixed("Duo wants a code to be entered, and this connection cannot show it."),
  noFactor: fixed("None of your devices can be used for this login."),
} as const;

const NOTICE_MAX_BYTES = 400;
const TITLE_MAX_BYTES = 64;
const MENU_HEADING = "Enter a passcode or select one of the following options:";
const PASSCODE_QUESTION = fixed("Passcode: ");

export function autopushNotice(option: FactorOption): DisplayText {
  // COMPAT(duo_unix): scripts look for these words.
  if (option.kind === "push") return fixed("Autopushing login request to phone...");
  return display`Calling you: ${option.label}`;
}

/** The menu as one prompt. `notice` says what happened before; it is inside because sshd holds messages back. */
export function menuPrompt(user: string, menu: FactorMenu, notice: DisplayText | undefined): DisplayText {
  // Bounded parts, so that the question at the end is always there.
  const head = notice === undefined ? "" : `${displayText(notice, NOTICE_MAX_BYTES)}\n\n`;
  if (menu.serverPrompt !== undefined) return displayText(`${head}${menu.serverPrompt}`);
  // COMPAT(duo_unix): these are Duo's own lines, down to the range of a single option, because scripts wait for them.
  const title = `Duo two-factor login for ${displayLine(user, TITLE_MAX_BYTES)}\n\n`;
  if (menu.options.length === 0) return displayText(`${head}${title}${PASSCODE_QUESTION}`);
  const question = `Passcode or option (1-${menu.options.length}): `;
  return displayText(`${head}${title}${MENU_HEADING}\n\n${menuLines(menu)}\n${question}`);
}

/** The phone is taken by `ahead` logins of the same user; each can have it for about a minute. */
export function slotNotice(ahead: number): DisplayText {
  return display`${busy(ahead)} This one waits for its turn, ${turnTime(ahead)}.`;
}

export function slotPrompt(ahead: number): DisplayText {
  return display`${busy(ahead)}\nType a passcode, or press Enter to wait for your turn, ${turnTime(ahead)}: `;
}

function busy(ahead: number): DisplayText {
  if (ahead <= 1)
    return fixed("Another login of yours is waiting for an answer on your phone. If it is not yours, deny it there.");
  return display`${ahead} other logins of yours are waiting for an answer on your phone. If they are not yours, deny them there.`;
}

function turnTime(ahead: number): DisplayText {
  return ahead <= 1 ? fixed("about a minute at most") : display`about ${ahead} minutes at most`;
}

/**
 * The prompt with the code of a verified push; `sent` says whether the push is out while it stands.
 * SECURITY: the only place where a verification code becomes text; it goes into a prompt, or into a
 * message above it (split-prompts.ts), and nowhere else.
 */
export function verifiedPushPrompt(option: FactorOption, code: string, sent: boolean): DisplayText {
  const safe = displayLine(code);
  // Two lines: the last one is the question, which an application may replace (split-prompts.ts).
  if (sent) return displayText(`${option.label}: enter the code ${safe} in Duo Mobile.\nThen press Enter here: `);
  return displayText(
    `${option.label}: the code for Duo Mobile is ${safe}.\nPress Enter here, then enter the code there: `,
  );
}

/** Before a verified push whose code Duo tells only with it. */
export function codeToComePrompt(option: FactorOption): DisplayText {
  return displayText(
    `${option.label}: its code for Duo Mobile is shown as soon as it is out.\nPress Enter here to get it: `,
  );
}

/** SECURITY: Duo's words with a verification code in them; they go where that code goes. */
export function instructionPrompt(words: string): DisplayText {
  return displayText(`${displayText(words.trimEnd(), NOTICE_MAX_BYTES)}\nThen press Enter here: `);
}

/** Duo's own words, or ours when it gave none. */
export function orElse(message: DisplayText, fallback: DisplayText): DisplayText {
  return message.trim() === "" ? fallback : message;
}
