// What a screen reader is told unasked: changes of state, never the ticking of values.

import { effect, signal } from "@preact/signals";
import { history, packNumbers, packSignal, rack, server, serverClock_s, serverGone } from "./live";
import { language } from "./i18n/language";
import { levelOf } from "./status";
import { stateWords } from "./view/state";
import { words } from "./i18n/words";

export const announcement = signal("");

const MOST = 3;

/** Watches the states of rack and packs; while the server is gone only that is said. */
export function startAnnouncing(): void {
  let before = new Map<string, string>();
  let wasGone = false;
  let spoken = language.peek();
  effect(() => {
    if (language.value !== spoken) before = new Map(); // the same states in other words are no news
    spoken = language.value;
    const gone = serverGone.value;
    const now = rack.value;
    if (now === null) return;
    if (gone) {
      if (!wasGone && server.value === "gone") announcement.value = words.footer.lost;
      wasGone = true;
      return;
    }
    const states = new Map<string, string>();
    states.set("rack", words.announce.rack(stateWords(now, levelOf(now, false))));
    for (const number of packNumbers.value) {
      const pack = packSignal(number).value;
      if (pack) states.set(`pack ${number}`, words.announce.pack(String(number), stateWords(pack, levelOf(pack, false))));
    }
    const changed = [...states].filter(([who, text]) => before.size > 0 && before.get(who) !== text);
    if (changed.length > 0) history.mark(serverClock_s.peek() ?? 0, changed.map(([, text]) => text).join(" "));
    announcement.value = said(changed.map(([who, text]) => ({ who, text })), wasGone) ?? announcement.peek();
    before = states;
    wasGone = false;
  });
}

function said(changed: { who: string; text: string }[], back: boolean): string | null {
  const parts = back ? [words.server.back] : [];
  const packs = changed.filter(({ who }) => who !== "rack");
  parts.push(...changed.filter(({ who }) => who === "rack").map(({ text }) => text));
  if (packs.length > MOST) parts.push(words.announce.many(packs.length));
  else parts.push(...packs.map(({ text }) => text));
  return parts.length > 0 ? parts.join(" ") : null;
}
