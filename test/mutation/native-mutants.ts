// Mutants of the C side. `&& 0` and `|| 1` keep what they make pointless in use, so that it compiles without a warning.

import { type Mutant, mutantsOf } from "./mutant.ts";

const ORDER = ["native/order", "native/verdicts", "native/reach"];

export const NATIVE_MUTANTS: readonly Mutant[] = [
  ...mutantsOf("native/src/dialogue.c", ORDER, [
    ["if (!same_nonce(message->nonce, d->nonce))", "if (!same_nonce(message->nonce, d->nonce) && 0)"],
    ["i < DG_NONCE_SIZE; i++)\n\t\tdifference", "i < 1; i++)\n\t\tdifference"],
    ["d->open && message->verdict == DG_VERDICT_ALLOW", "message->verdict != DG_VERDICT_DENY"],
    ["if (d->shown >= DG_SHOWN_MAX)", "if (0)"],
    ["if (io == DG_IO_PENDING)", "if (io == DG_IO_PENDING && 0)"],
    ["return d->any_byte ?", "return 0 ?"],
    ["if (d->started_at - d->connecting_since > DG_START_LATE_MS)", "if (0)"],
    ["if (message->version != DG_VERSION)", "if (0)"],
    ["if (d->open && now(d) >= d->total_deadline)", "if (0)"],
    ["if (now(d) >= d->total_deadline)", "if (0)"],
    ["d->open ? now(d) + DG_BETWEEN_FRAMES_MS : d->started_at + DG_WELCOME_MS", "now(d) + DG_BETWEEN_FRAMES_MS"],
    ["deadline = earlier(deadline, d->total_deadline);", ""],
  ]),
  ...mutantsOf(
    "native/src/dialogue.c",
    ["native/wiped"],
    [
      ["\texplicit_bzero(&d->answer, sizeof d->answer);\n", ""],
      ["\texplicit_bzero(d->frame, sizeof d->frame);\n\treturn sent;", "\treturn sent;"],
      ["\texplicit_bzero(&d, sizeof d);\n", ""],
      [
        "\texplicit_bzero(d->frame, sizeof d->frame);\n\tif (io",
        "\tif (io",
        "only login_duogate sends a factor, which it keeps elsewhere until the verdict; what follows writes over the frame",
      ],
      [
        "\texplicit_bzero(&message, sizeof message);\n",
        "",
        "what the daemon sent holds no answer, and points into the frame, which is wiped",
      ],
    ],
  ),
  ...mutantsOf(
    "native/src/converse.c",
    ["native/wiped"],
    [["\t\texplicit_bzero(response->resp, strlen(response->resp));\n", ""]],
  ),
  ...mutantsOf(
    "native/src/login-environment.c",
    ["native/wiped", "native/login-command"],
    [
      ["explicit_bzero(*entry + sizeof FACTOR_NAME, strlen(*entry + sizeof FACTOR_NAME));", "continue;"],
      ["(void)unsetenv(FACTOR_NAME);", ""],
    ],
  ),
  ...mutantsOf(
    "native/src/login-main.c",
    ["native/wiped", "native/login-verdicts", "native/login-command"],
    [
      ["(void)prctl(PR_SET_DUMPABLE, 0);", ""],
      ["if (!is_allowed(&login))", "if (!is_allowed(&login) && 0)"],
      [
        "\texplicit_bzero(login->factor.text, sizeof login->factor.text);\n",
        "",
        "the process ends or becomes another program right behind it, and nobody but root can look into it",
      ],
    ],
  ),
  ...mutantsOf("native/src/wire-decode.c", ORDER, [
    ["if (length < min || length > max)", "if (length < min || (length > max && 0))"],
    ["return dg_text_is_display(message->text.bytes, message->text.length) ?", "return 1 ?"],
    ["return is_transaction_id(message->text) ?", "return (is_transaction_id(message->text) || 1) ?"],
    ["if (echo > 1)", "if (0)"],
    ["if (reader.left != 0)", "if (0)"],
    ["default:\n\t\treturn DG_WIRE_BAD_VALUE;", "default:\n\t\tmessage->verdict = code;\n\t\tbreak;"],
    [
      "if (length > DG_PAYLOAD_MAX)",
      "if (0)",
      "dg_wire_read_header has refused such a length before a byte of the payload is read",
    ],
  ]),
  ...mutantsOf("native/src/text.c", ORDER, [
    ["first >= 0xc2 && ", "first >= 0xc0 && "],
    ["\t\thigh = first == 0xed ? 0x9f : high;\n", ""],
    [" || bytes[0] == 0x7f", ""],
    ["|| bytes[at] == 0)", ")"],
  ]),
  ...mutantsOf(
    "native/src/path.c",
    ["native/trust"],
    [
      ["if (!is_trusted(walk, &status))", "if (!is_trusted(walk, &status) && 0)"],
      ["(S_IWGRP | S_IWOTH)", "S_IWOTH"],
      ["writable && status.st_uid == 0 && (", "writable && ("],
      ["if (walk->shared)", "if (walk->shared && 0)"],
      ["O_PATH | O_NOFOLLOW | O_DIRECTORY", "O_PATH | O_DIRECTORY"],
      ["return is_trusted(walk, &status) ? DG_PATH_OK", "return is_trusted(walk, &status) || 1 ? DG_PATH_OK"],
      ["if (!S_ISSOCK(status.st_mode))", "if (0)"],
    ],
  ),
  ...mutantsOf(
    "native/src/path-form.c",
    ["native/args"],
    [
      ["if (is_dots(at, part))", "if (is_dots(at, part) && 0)"],
      ["if (path[0] != '/')", "if (0)"],
    ],
  ),
  ...mutantsOf(
    "native/src/peer.c",
    ["native/trust", "integration/daemon-peers"],
    [
      ["|| is_service_user(peer.uid))", "|| is_service_user(peer.uid) || 1)"],
      ["user->pw_uid == uid", "(user->pw_uid == uid || 1)"],
      ["|| peer.uid == owner ||", "|| (peer.uid == owner && 0) ||"],
    ],
  ),
  ...mutantsOf(
    "native/src/channel.c",
    ["native/order", "native/reach", "native/host"],
    [
      ["MSG_DONTWAIT | MSG_NOSIGNAL", "MSG_DONTWAIT"],
      ["left = left < 0 ? 0 : left;", ""],
      ["if (ready < 0 && errno != EINTR)", "if (ready < 0)"],
    ],
  ),
  ...mutantsOf(
    "native/src/channel-open.c",
    ["native/reach", "native/host"],
    [
      ["if (error == ENOENT || error == ECONNREFUSED)", "if (error != EAGAIN)"],
      ["SOCK_STREAM | SOCK_CLOEXEC", "SOCK_STREAM"],
      ["if (fd < 0 || fd > STDERR_FILENO)", "if (fd >= -1)"],
    ],
  ),
  ...mutantsOf(
    "native/src/transaction.c",
    ["native/trust"],
    [
      [
        "if (!peer_is_genuine(transaction, &channel, outcome))",
        "if (!peer_is_genuine(transaction, &channel, outcome) && 0)",
      ],
      ["if (!path_is_trusted(transaction, outcome))", "if (!path_is_trusted(transaction, outcome) && 0)"],
    ],
  ),
  ...mutantsOf(
    "native/src/transaction.c",
    ["native/reach"],
    [
      [
        "if (outcome->result.ending == DG_ENDING_UNREACHABLE && outcome->path.for_others)",
        "if (outcome->result.ending == DG_ENDING_UNREACHABLE && outcome->path.for_others && 0)",
      ],
    ],
  ),
  ...mutantsOf(
    "native/src/report.c",
    [...ORDER, "native/facts"],
    [
      [
        "result->ending == DG_ENDING_UNREACHABLE && args->failmode == DG_FAILMODE_SAFE",
        "result->ending == DG_ENDING_UNREACHABLE && (args->failmode == DG_FAILMODE_SAFE || 1)",
      ],
      ["if (!dg_facts_same_user(pamh, facts))", "if (!dg_facts_same_user(pamh, facts) && 0)"],
      [
        "result->ending == DG_ENDING_ALLOWED && result->verdict == DG_VERDICT_ALLOW",
        "result->verdict == DG_VERDICT_ALLOW",
        "dialogue.c sets both together: the second look is there for a bit that flips",
      ],
    ],
  ),
];
