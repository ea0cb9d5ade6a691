// When the server wants to know who asks: whoever shows a dialog for that is asked, and what was refused waits for it.

import { signal } from "@preact/signals";

export type Wanted = "login" | "confirm";

/** What somebody is asked for now; the dialog ends it with `settle`. */
export const asked = signal<{ wanted: Wanted; settle: (entered: boolean) => void } | null>(null);

/** Asks the reader; resolves to whether the server knows now what it wanted to know. */
export function enter(wanted: Wanted): Promise<boolean> {
  asked.peek()?.settle(false);
  return new Promise((resolve) => {
    asked.value = {
      wanted,
      settle: (entered) => {
        asked.value = null;
        resolve(entered);
      },
    };
  });
}
