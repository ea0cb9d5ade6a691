// One incident with a time slider: cells, limits and bytes at each moment, and the marks that lead to moments.

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clockTime, fixed, measured } from "../format";
import { gatewayWords } from "../i18n/gateway";
import { incidentsWords as text } from "../i18n/incidents";
import { inverterWords } from "../i18n/inverter";
import { faultName, nameOf, words } from "../i18n/words";
import { packsOf, placeOf, type Incident, type Moment, type PackThen, type ToldThen } from "../incident";
import { because } from "../reason";
import type { Rule } from "../model";
import { note, route } from "../route";
import { spokenIn } from "../told";
import { lazily } from "./lazy";
import { Shape } from "./state";
import { Block, Num, Pair, Range } from "./values";

const Plot = lazily(async () => (await import("./plot")).Plot);

const PLAY_MS = 250;
/** Browsers let an address be written a hundred times in half a minute. */
const NOTED_MS = 500;

const linked = (query: string): number | null => (/^at=\d{1,12}$/.test(query) ? Number(query.slice(3)) : null);

export function IncidentPlayer({ incident }: { incident: Incident }) {
  const { moments } = incident;
  const at = useSignal(placeOf(moments, linked(route.peek().query ?? "") ?? incident.incident.time_s));
  const plays = useSignal(false);
  const now = useComputed(() => moments[Math.min(at.value, moments.length - 1)]).value;
  const go = (place: number) => (at.value = Math.max(0, Math.min(moments.length - 1, place)));
  useEffect(() => {
    if (!plays.value) return undefined;
    const timer = setInterval(() => {
      if (at.peek() >= moments.length - 1) plays.value = false;
      else go(at.peek() + 1);
    }, PLAY_MS);
    return () => clearInterval(timer);
  }, [plays.value]);
  useEffect(() => {
    const timer = setTimeout(() => now && note(`at=${Math.floor(now.time_s)}`), NOTED_MS);
    return () => clearTimeout(timer);
  }, [now]);
  if (!now) return null;
  return (
    <div class="incident-grid">
      <Block title={text.slider} class="slider-block" aside={<time class="aside num">{clockTime(now.time_s)}</time>}>
        <div class="moment-tools">
          <button type="button" onClick={() => (plays.value = !plays.value)}>{plays.value ? text.pause : text.play}</button>
          <button type="button" aria-label={`−1 s: ${text.earlier}`} onClick={() => go(at.value - 1)}>−1 s</button>
          <input
            type="range"
            min={0}
            max={moments.length - 1}
            value={at.value}
            aria-label={text.slider}
            aria-valuetext={clockTime(now.time_s)}
            onInput={(event) => go(Number(event.currentTarget.value))}
          />
          <button type="button" aria-label={`+1 s: ${text.later}`} onClick={() => go(at.value + 1)}>+1 s</button>
        </div>
        <Course incident={incident} at={at.value} at_s={now.time_s} go={(time_s) => go(placeOf(moments, time_s))} />
      </Block>
      <Block title={text.marks} class="marks-block">
        <ol class="past-events">
          {incident.marks.map((mark) => (
            <li key={`${mark.time_s} ${mark.kind} ${mark.what} ${mark.pack}`} class="plain-mark">
              <span>
                <button type="button" class="as-link" onClick={() => go(placeOf(moments, mark.time_s))}>
                  <time>{clockTime(mark.time_s)}</time>
                  <span class="hidden">{` ${text.goTo(mark.sentence)}`}</span>
                </button>{" "}
                <span {...spokenIn(incident, mark.sentence)}>{mark.sentence}</span> {mark.opens ? <small>{text.opens}</small> : null}
              </span>
            </li>
          ))}
        </ol>
      </Block>
      <Packs packs={now.packs} all={packsOf(moments)} />
      <Told told={now.told ?? null} />
      <Bytes moment={now} most={incident.most} />
    </div>
  );
}

/** What the inverter was told over the whole recording; where the slider stands is a mark in it. */
function Course({ incident, at, at_s, go }: { incident: Incident; at: number; at_s: number; go: (time_s: number) => void }) {
  const cursor = useSignal<number | null>(null);
  const { moments } = incident;
  const lines = useComputed(() => [
    { name: gatewayWords.key.charge_current_limit_a ?? "CCL", ink: 0, steps: true, values: moments.map(({ told }) => (told?.sent ? told.charge_current_limit_a : null)) },
    { name: gatewayWords.key.discharge_current_limit_a ?? "DCL", ink: 1, steps: true, values: moments.map(({ told }) => (told?.sent ? told.discharge_current_limit_a : null)) },
  ]).value;
  const times = useComputed(() => moments.map((moment) => moment.time_s)).value;
  const marks = [...incident.marks.map((mark) => ({ at: mark.time_s, level: mark.opens ? ("danger" as const) : ("event" as const) })), { at: at_s, level: "here" as const }];
  return (
    <Plot
      name=""
      unit="A"
      decimals={1}
      least={20}
      times={times}
      lines={lines}
      marks={marks}
      from={(times[0] ?? 0) - 1}
      to={times.at(-1) ?? 1}
      last
      tall
      group="incident"
      cursor={cursor}
      rests={at}
      label={text.chart}
      onZoom={(from, to) => go((from + to) / 2)}
      onBack={() => undefined}
    />
  );
}

/** One that is missing at a moment is shown as missing: that is mostly what it is about. */
function Packs({ packs, all }: { packs: PackThen[]; all: readonly number[] }) {
  return (
    <Block title={text.cells} class="then-block">
      <div class="then-packs">
        {all.map((number) => {
          const pack = packs.find((one) => one.pack === number);
          return pack ? <PackShown key={number} pack={pack} /> : <PackMissing key={number} number={number} />;
        })}
      </div>
    </Block>
  );
}

function PackMissing({ number }: { number: number }) {
  return (
    <section class="then-pack" aria-label={words.pack.title(number)}>
      <h3>{words.pack.title(number)}</h3>
      <p class="note"><Shape level="absent" /> {text.missing}</p>
    </section>
  );
}

function PackShown({ pack }: { pack: PackThen }) {
  const cells = pack.cell_voltages_mv ?? [];
  const [low, high] = [Math.min(...cells), Math.max(...cells)];
  const wrong = [...pack.faults.map(faultName), ...pack.protections.map(nameOf), ...pack.alarms.map(nameOf)];
  const said = `${words.pack.title(pack.pack)}: ${cells.map((cell, index) => `${words.pack.cellName(index + 1)} ${fixed(cell, 0)}`).join(", ")} mV`;
  return (
    <section class="then-pack" aria-label={words.pack.title(pack.pack)}>
      <h3>{words.pack.title(pack.pack)} <Num value={pack.soc_pct} decimals={0} unit="%" /></h3>
      {cells.length === 0 ? null : (
        <span class="then-cells" role="img" aria-label={said}>
          {cells.map((cell, index) => (
            <i key={index} style={{ height: `${(20 + (80 * (cell - low)) / Math.max(10, high - low)).toFixed(0)}%` }} class={cell === low ? "low" : cell === high ? "high" : undefined} />
          ))}
        </span>
      )}
      <p>
        <Num value={pack.pack_current_a} decimals={1} unit="A" signed /> · <Num value={pack.pack_voltage_v} decimals={2} unit="V" />
      </p>
      <p><Range low={cells.length > 0 ? low : null} high={cells.length > 0 ? high : null} decimals={0} unit="mV" /></p>
      {wrong.length === 0 ? null : <p class="level-warning">{words.listAnd(wrong)}</p>}
    </section>
  );
}

function Told({ told }: { told: ToldThen | null }) {
  if (!told) return null;
  const reason = (rule: string | null | undefined) => (rule ? because({ rule: rule as Rule }) : null);
  return (
    <Block title={text.told} class="told-block" aside={<span class="aside">{told.sent ? text.sent : text.notSent}</span>}>
      <dl class="pairs">
        <Pair name={text.state}>{gatewayWords.stageName[told.state] ?? <span lang="en">{told.state}</span>}</Pair>
        <Pair name={gatewayWords.key.charge_voltage_limit_v ?? ""}><Num value={told.charge_voltage_limit_v} decimals={1} unit="V" /></Pair>
        <Pair name={gatewayWords.key.charge_current_limit_a ?? ""} note={reason(told.charge_reason)}><Num value={told.charge_current_limit_a} decimals={1} unit="A" /></Pair>
        <Pair name={gatewayWords.key.discharge_current_limit_a ?? ""} note={reason(told.discharge_reason)}><Num value={told.discharge_current_limit_a} decimals={1} unit="A" /></Pair>
      </dl>
      {told.rules.length === 0 ? null : <p class="note">{text.because}: {told.rules.map((rule) => inverterWords.rule[rule] ?? rule).join("; ")}</p>}
      {told.troubles.length === 0 ? null : <p class="level-warning">{told.troubles.map((trouble) => inverterWords.trouble[trouble] ?? trouble).join(" ")}</p>}
    </Block>
  );
}

function Bytes({ moment, most }: { moment: Moment; most: number }) {
  return (
    <Block title={text.bytes} class="bytes-block" aside={<span class="aside num">{fixed(moment.bytes.length, 0)}</span>}>
      {moment.bytes.length === 0 ? <p class="empty">{text.noBytes}</p> : null}
      <ol class="then-bytes" tabIndex={0} aria-label={text.bytes}>
        {moment.bytes.map((one, index) => (
          <li key={index}>
            <span class="num">{measured(one.time_s - moment.time_s + 1, 3, "s")}</span>
            <span class="note">{text.to[one.to] ?? one.to}</span>
            <code>{one.text}</code>
          </li>
        ))}
      </ol>
      {moment.bytes.length >= most ? <p class="note">{text.most(fixed(most, 0) ?? "")}</p> : null}
    </Block>
  );
}
