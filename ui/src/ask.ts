// Asking for what a screen shows, where a refusal is shown in its place.

import { signal, type Signal } from "@preact/signals";
import { ask, Refusal } from "./service";
import { tagOf } from "./told";

/** The answer, or why there is none: `sentence` is the server's own, in the language `lang`, empty where it said nothing. */
export type Asked<T> = { value: T; refused?: never } | { value?: never; refused: { status: number; sentence: string; lang: string } };

/** Asks as the service does; whoever may not do it yet is asked to sign in. */
export async function tryAsk<T>(path: string, method: "GET" | "POST" = "GET"): Promise<Asked<T>> {
  try {
    return { value: await ask<T>(method, path) };
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return { refused: { status: problem.status, sentence: problem.message, lang: tagOf(problem.language) } };
  }
}

/** Holds the newest answer for a screen; an older one that arrives late is passed over. */
export class Asker<T> {
  readonly held: Signal<Asked<T> | null> = signal(null);
  readonly busy = signal(false);
  private newest = 0;

  async ask(path: string, method: "GET" | "POST" = "GET"): Promise<void> {
    this.newest += 1;
    const mine = this.newest;
    this.busy.value = true;
    const answer = await tryAsk<T>(path, method);
    if (mine !== this.newest) return;
    this.held.value = answer;
    this.busy.value = false;
  }
}
