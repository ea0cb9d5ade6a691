// English words that all screens share on which something is asked of packs.

import type { FieldState, JobState } from "../../service";
import { list, plural } from "../grammar";

const n = plural("en");

export const en = {
  choosePack: "Choose a pack",
  notConnected: "Nothing is connected.",
  toConnect: "Connect packs",
  beginning: "The server is just being asked.",
  heldBy: (who: string) => `${who} has the line now: wait until that has ended, or stop it.`,
  needsRole: (role: string, mine: string | null) => `Needs the role ${role}${mine === null ? "" : `, and yours is ${mine}`}; sign in with an account that has it.`,
  noAnswer: "The server did not answer; whether it has heard the request is not known.",
  refusedWith: (status: number) => `The server refused with status ${status}.`,
  restarted: "The server was started anew meanwhile. Read the pack again to see what it keeps.",
  whyFor: (names: string[], reason: string) => `${list("en")(names)}: ${reason}`,
  dismiss: "Close",
  cancel: "Cancel",
  stop: "Stop",
  /** What a job does, and how it ended; English is what the server says. */
  does: (_kind: string, _pack: number | null): string | undefined => undefined,
  did: (_kind: string, _pack: number | null, _values: number): string | undefined => undefined,
  by: (who: string, what: string) => `${who}: ${what}.`,
  progress: "Progress",
  steps: (done: string, of: string) => `${done} of ${of}`,
  values: n({ one: "# value", other: "# values" }),
  fromTo: (old: string, now: string) => `${old} → ${now}`,
  readAt: (when: string, serial: string) => `Read at ${when} from ${serial}.`,
  neverRead: "Not read yet.",
  jobState: { running: "Running.", done: "Done.", failed: "Failed.", stopped: "Stopped." } satisfies Record<JobState, string>,
  fieldState: {
    waiting: "waits",
    ordered: "ordered",
    written: "written and read back",
    put_back: "as before, read back",
    failed: "failed",
    unknown: "not known: the pack fell silent",
    not_sent: "not sent",
  } satisfies Record<FieldState, string>,
};
