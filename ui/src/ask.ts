// Asking the server for something that does not come by itself, and what it says when it refuses.

import { signal, type Signal } from "@preact/signals";

/** The answer, or why there is none: `sentence` is the server's own English, `null` where it said nothing. */
export type Asked<T> = { value: T; refused?: never } | { value?: never; refused: { status: number; sentence: string | null } };

/** Asks; a body makes it a request to do something. Never throws. */
export async function ask<T>(path: string, method: "GET" | "POST" = "GET", body?: unknown): Promise<Asked<T>> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-OpenRESS"] = "1";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(path, { method, headers, cache: "no-store", ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const told: unknown = await response.json();
    if (response.ok) return { value: told as T };
    const detail = (told as { detail?: unknown } | null)?.detail;
    return { refused: { status: response.status, sentence: typeof detail === "string" ? detail : null } };
  } catch (problem) {
    console.info(`The server did not answer ${path}.`, problem);
    return { refused: { status: 0, sentence: null } };
  }
}

/** Asks for `path` unless `held` has it; the newest question wins. */
export function asker<T>(): { held: Signal<Asked<T> | null>; busy: Signal<boolean>; ask: (path: string, method?: "GET" | "POST", body?: unknown) => Promise<void> } {
  const held = signal<Asked<T> | null>(null);
  const busy = signal(false);
  let newest = 0;
  return {
    held,
    busy,
    ask: async (path, method = "GET", body) => {
      newest += 1;
      const mine = newest;
      busy.value = true;
      const answer = await ask<T>(path, method, body);
      if (mine !== newest) return;
      held.value = answer;
      busy.value = false;
    },
  };
}
