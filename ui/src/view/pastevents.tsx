// What happened in a span of time, the newest first; each leads to its own moment.

import { clockTime, dayMonth, duration, fixed } from "../format";
import { historyWords as text } from "../i18n/history";
import { faultName, nameOf, words } from "../i18n/words";
import type { PastEvent } from "../past";
import { Shape } from "./state";
import { Block } from "./values";

const MOST = 100;
const LEVELS = { info: "notice", warning: "warning", critical: "protection" } as const;

export function PastEvents({ events, show }: { events: PastEvent[]; show: (event: PastEvent) => void }) {
  return (
    <Block title={text.events} class="events-block" aside={<span class="aside">{events.length === 0 ? null : text.count(events.length)}</span>}>
      {events.length === 0 ? <p class="calm">{text.noEvents}</p> : null}
      <ol class="past-events">
        {events.slice(0, MOST).map((event) => {
          const told = eventWords(event);
          return (
            <li key={`${event.began_s} ${event.name} ${event.kind} ${event.code}`}>
              <Shape level={event.virtual ? "notice" : (LEVELS[event.level as keyof typeof LEVELS] ?? "notice")} />
              <span>
                <button type="button" class="as-link" onClick={() => show(event)}>
                  <time>{dayMonth(event.began_s)} {clockTime(event.began_s)}</time>
                  <span class="hidden">{` ${text.goTo(told.text)}`}</span>
                </button>{" "}
                {event.virtual ? <span class="virtual" title={words.virtual.meaning}>{words.virtual.mark}</span> : null} <span class="hidden">{text.level[event.level] ?? event.level}: </span>
                <span {...(told.english ? { lang: "en" } : {})}>{told.text}</span> <small>{lasting(event)}</small>
              </span>
            </li>
          );
        })}
      </ol>
      {events.length > MOST ? <p class="note">{text.more(fixed(MOST, 0) ?? "")}</p> : null}
    </Block>
  );
}

/** Composed where the page has words for it, else the server's own English. */
export function eventWords(event: PastEvent): { text: string; english: boolean } {
  const kind = text.kind[event.kind];
  if (kind === undefined) return { text: event.text, english: true };
  const who = event.pack == null ? text.rackName : words.pack.title(event.pack);
  const name = event.kind === "fault" ? faultName(event.code) : nameOf(event.code);
  return { text: `${who}: ${kind}, ${words.inSentence(name)}`, english: false };
}

function lasting({ began_s, ended_s }: PastEvent): string {
  if (ended_s == null) return text.stands;
  return ended_s > began_s ? text.lasted(duration(Math.max(1, ended_s - began_s))) : "";
}
