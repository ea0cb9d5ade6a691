// History: the kept past of the rack, of a pack, of all packs beside one another, of single cells; with what happened.

import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import type { Asked } from "../ask";
import { clockTime, dayMonth, duration } from "../format";
import { historyWords as text } from "../i18n/history";
import { words } from "../i18n/words";
import { packNumbers, packSignal, serverClock_s, serverGone } from "../live";
import { csv, give, isEmpty, look, moved, nextMinute_s, queryOf, shownIn, subjectOf, type Asking, type Past, type PastEvent, type Span, type Subject } from "../past";
import { address, note, route } from "../route";
import { lazily } from "../view/lazy";
import { PastEvents } from "../view/pastevents";
import { Block } from "../view/values";

const PastCharts = lazily(async () => (await import("../view/pastcharts")).PastCharts);

const SPANS = { hour: 3600, quarter: 6 * 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400, year: 365 * 86_400 } as const;
const AGAIN_MS = 30_000;
/** While there is nothing to be seen. */
const SOON_MS = 5000;
const SETTLES_MS = 120;

/** Kept from visit to visit: `null` ends follow the clock. */
const width_s = signal<number>(SPANS.hour);
const fixedTo_s = signal<number | null>(null);
const told = signal<{ subject: string; answer: Asked<{ pasts: Past[]; events: PastEvent[] }> } | null>(null);
const tick = signal(0);

/** A time that was named once stands until it has passed. */
let promised_s: number | null = null;
const kept = (before_s: number | null, now_s: number): number => (before_s !== null && before_s > now_s ? before_s : nextMinute_s(now_s));

const nowOf = () => serverClock_s.peek() ?? Date.now() / 1000;
const spanNow = (): Span => {
  const to_s = fixedTo_s.value ?? nowOf();
  return { from_s: to_s - width_s.value, to_s };
};

function go(span: Span): void {
  const now_s = nowOf();
  width_s.value = span.to_s - span.from_s;
  fixedTo_s.value = span.to_s >= now_s - 1 ? null : span.to_s;
}

/** Serial numbers as they are now; two packs that tell the same are asked for by number. */
function askings(numbers: readonly number[]): Asking[] {
  const all = numbers.map((number) => ({ number, serial: packSignal(number).peek()?.serial ?? null }));
  return all.map((one) => (all.filter((other) => other.serial === one.serial).length > 1 ? { ...one, serial: null } : one));
}

export function title(rest: readonly string[]): string {
  return nameOf(subjectOf(rest));
}

function nameOf(subject: Subject): string {
  if (subject.kind === "rack") return text.rack;
  if (subject.kind === "packs") return text.packs;
  if (subject.kind === "pack") return text.packOf(subject.pack);
  return subject.cell === null ? text.cellsOf(subject.pack) : text.cellOf(subject.cell, subject.pack);
}

export default function HistoryScreen({ rest }: { rest: readonly string[] }) {
  const subject = subjectOf(rest);
  const key = `${subject.kind} ${"pack" in subject ? subject.pack : ""}`;
  const numbers = packNumbers.value;
  const here = route.value;
  useLayoutEffect(() => {
    const linked = shownIn(here.query ?? "");
    if (linked === null) return;
    width_s.value = linked.width_s;
    fixedTo_s.value = linked.to_s;
  }, [here]);
  useEffect(() => {
    const usual = width_s.value === SPANS.hour && fixedTo_s.value === null;
    note(usual ? "" : queryOf({ width_s: width_s.value, to_s: fixedTo_s.value }));
  }, [here, width_s.value, fixedTo_s.value]);
  const shown = spanNow();

  const answer = told.value?.subject === key ? told.value.answer : null;
  const empty = answer?.value != null && isEmpty(answer.value.pasts);

  useEffect(() => {
    const timer = setInterval(
      () => {
        if (fixedTo_s.value === null && document.visibilityState === "visible") tick.value += 1;
      },
      empty ? SOON_MS : AGAIN_MS,
    );
    return () => clearInterval(timer);
  }, [empty]);

  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(async () => {
      const points = Math.max(200, Math.min(1000, innerWidth));
      const answer = await look(subject, askings(numbers), spanNow(), points);
      if (wanted) told.value = { subject: key, answer };
    }, SETTLES_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key, numbers.join(), width_s.value, fixedTo_s.value, tick.value]);

  return (
    <div class="screen history-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{nameOf(subject)}</h1>
      </header>
      <Subjects subject={subject} numbers={numbers} />
      <Spans shown={shown} every_s={answer?.value?.pasts[0]?.every_s ?? null} />
      <Answer subject={subject} answer={answer} shown={shown} />
    </div>
  );
}

function Subjects({ subject, numbers }: { subject: Subject; numbers: readonly number[] }) {
  const pack = "pack" in subject ? subject.pack : (numbers[0] ?? 1);
  const views = [
    { name: text.rackName, to: address("history"), here: subject.kind === "rack" },
    { name: text.packsName, to: address("history", "packs"), here: subject.kind === "packs" },
    { name: text.packName(pack), to: address("history", "pack", pack), here: subject.kind === "pack" },
    { name: `${text.packName(pack)}: ${text.cellsName}`, to: address("history", "cells", pack), here: subject.kind === "cells" },
  ];
  const kind = subject.kind === "cells" ? "cells" : "pack";
  return (
    <nav class="subjects" aria-label={text.show}>
      <span class="segments">
        {views.map((view) => (
          <a key={view.name} href={view.to} {...(view.here ? { "aria-current": "page" as const } : {})}>{view.name}</a>
        ))}
      </span>
      {"pack" in subject ? (
        <select aria-label={words.nav.places.pack} value={String(pack)} onChange={(event) => (location.hash = address("history", kind, event.currentTarget.value))}>
          {numbers.map((number) => <option key={number} value={String(number)}>{text.packName(number)}</option>)}
        </select>
      ) : null}
    </nav>
  );
}

function Spans({ shown, every_s }: { shown: Span; every_s: number | null }) {
  const now = fixedTo_s.value === null;
  const step = (by: number, wider: number) => go(moved(spanNow(), by, wider, nowOf()));
  const moment = (at_s: number) => `${dayMonth(at_s)} ${clockTime(at_s)}`;
  return (
    <div class="span-tools">
      <div class="segments" role="group" aria-label={text.span}>
        {Object.entries(SPANS).map(([name, seconds]) => (
          <button
            key={name}
            type="button"
            aria-pressed={now && width_s.value === seconds}
            onClick={() => {
              fixedTo_s.value = null;
              width_s.value = seconds;
            }}
          >
            {text.spans[name as keyof typeof SPANS]}
          </button>
        ))}
      </div>
      <div class="segments" role="group" aria-label={text.move}>
        <button type="button" onClick={() => step(-0.5, 1)}>{text.earlier}</button>
        <button type="button" disabled={now} onClick={() => step(0.5, 1)}>{text.later}</button>
        <button type="button" onClick={() => step(0, 0.5)}>{text.closer}</button>
        <button type="button" onClick={() => step(0, 2)}>{text.wider}</button>
        <button type="button" disabled={now} onClick={() => (fixedTo_s.value = null)}>{text.now}</button>
      </div>
      <p class="note">
        {text.shown(moment(shown.from_s), moment(shown.to_s))}
        {every_s === null ? null : `, ${text.every(duration(every_s))}`}
      </p>
    </div>
  );
}

function Answer({ subject, answer, shown }: { subject: Subject; answer: Asked<{ pasts: Past[]; events: PastEvent[] }> | null; shown: Span }) {
  if (answer === null) return <p class="note waiting-past" aria-busy="true">{text.waiting}</p>;
  if (!answer.value) {
    const { sentence, lang } = answer.refused;
    return (
      <p role="alert">
        {text.refused} <span lang={lang}>{sentence}</span>
      </p>
    );
  }
  const { pasts, events } = answer.value;
  const empty = isEmpty(pasts);
  const next_s = !empty || fixedTo_s.value !== null || serverGone.value ? null : kept(promised_s, nowOf());
  promised_s = next_s;
  const stem = `openress-${"pack" in subject ? `pack-${subject.pack}-` : ""}${subject.kind}`;
  return (
    <div class="history-grid">
      <Block title={nameOf(subject)} class="past-block" aside={empty ? null : <Export stem={stem} pasts={pasts} />}>
        <div class="past-charts" tabIndex={0} role="group" aria-label={text.keys} onKeyDown={onKey}>
          <PastCharts subject={subject} pasts={pasts} events={events} span={shown} next_s={next_s} go={go} back={() => (fixedTo_s.value = null)} />
        </div>
        {empty ? null : <p class="hint">{text.hint}</p>}
      </Block>
      <PastEvents events={events} show={(event) => go(around(event))} />
    </div>
  );
}

/** Arrow keys move, plus and minus zoom. */
function onKey(event: KeyboardEvent): void {
  const does: Record<string, [number, number]> = { ArrowLeft: [-0.25, 1], ArrowRight: [0.25, 1], "+": [0, 0.5], "=": [0, 0.5], "-": [0, 2] };
  const [by, wider] = does[event.key] ?? [null, 1];
  if (by === null || event.target !== event.currentTarget) return;
  event.preventDefault();
  go(moved(spanNow(), by, wider, nowOf()));
}

/** An event with some time before and after it. */
function around({ began_s, ended_s }: PastEvent): Span {
  const air = Math.max(300, ((ended_s ?? began_s) - began_s) / 2);
  return { from_s: began_s - air, to_s: Math.min(nowOf(), (ended_s ?? began_s) + air) };
}

function Export({ stem, pasts }: { stem: string; pasts: Past[] }) {
  return (
    <span class="aside export">
      {text.export}
      <button type="button" aria-label={text.csvName} onClick={() => give(`${stem}.csv`, "text/csv", csv(pasts))}>{text.csv}</button>
      <button type="button" aria-label={text.jsonName} onClick={() => give(`${stem}.json`, "application/json", JSON.stringify(pasts))}>{text.json}</button>
    </span>
  );
}
