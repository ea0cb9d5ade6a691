// Which way power flows, how full the battery is, and how long until it is full or empty.

import { wait } from "../attention";
import { DASH, fixed, measured } from "../format";
import { overviewWords as text } from "../i18n/overview";
import { words } from "../i18n/words";
import { gateway, knownPacks, serverClock_s } from "../live";
import type { Known, Pack, Rack } from "../model";
import { moment } from "../racksentence";
import { countIsOff } from "../socband";
import { power_kw } from "../status";
import { EFFECTIVE_A, LONGEST_H, flowing, hoursBetween, type Flowing } from "../timeleft";
import { Icon } from "./icons";
import { Absent, Age, Num, seen } from "./values";

type Way = "in" | "out" | "none" | "unknown";

export function wayOf(current_a: Known<number>): Way {
  if (current_a == null) return "unknown";
  return Math.abs(current_a) <= EFFECTIVE_A ? "none" : current_a > 0 ? "in" : "out";
}

export function Flow({ rack: now }: { rack: Rack }) {
  const way = wayOf(now.pack_current_a);
  const fresh = seen(now);
  return (
    <section class="flow" aria-label={text.flow} data-fresh={fresh}>
      <p class="hidden">{flowWords(now, way)}</p>
      <div class="flow-end" aria-hidden="true">
        <Icon name="protocol" />
        <span>{text.supply}</span>
      </div>
      <div class="flow-way" aria-hidden="true">
        <span class="flow-power">
          <Num value={magnitude(power_kw(now))} decimals={2} unit="kW" />
        </span>
        <FlowLine way={fresh === "fresh" ? way : "none"} />
        <span class="flow-current">
          <Num value={magnitude(now.pack_current_a)} decimals={1} unit="A" />
          <small>{way === "in" ? words.rack.charging : way === "out" ? words.rack.discharging : ""}</small>
        </span>
      </div>
      <div class="flow-battery">
        <p class="huge">
          <span class="hidden">{words.rack.soc}: </span>
          <Num value={now.soc_pct} decimals={1} unit="%" />
          <Age battery={now} />
        </p>
        <SocBand soc={now.soc_pct} low={now.soc_low_pct} high={now.soc_high_pct} />
        <p class="under">
          <span>
            {now.remaining_ah == null || now.full_ah == null ? (
              <Absent />
            ) : (
              words.rack.ofCapacity(fixed(now.remaining_ah, 1) ?? "", fixed(now.full_ah, 1) ?? "")
            )}
          </span>
          {now.soc_low_pct == null || now.soc_high_pct == null ? null : (
            <span>{(countIsOff(now) ? words.rack.bandOff : text.bandNote)(fixed(now.soc_low_pct, 0) ?? "", fixed(now.soc_high_pct, 0) ?? "")}</span>
          )}
        </p>
        <PackColumns />
      </div>
      <TimeLeft rack={now} />
    </section>
  );
}

function flowWords(now: Rack, way: Way): string {
  if (way === "unknown") return text.flowUnknown;
  if (way === "none") return text.flowNone;
  const kw = measured(magnitude(power_kw(now)), 2, "kW");
  const amps = measured(magnitude(now.pack_current_a), 1, "A");
  return way === "in" ? text.flowIn(kw, amps) : text.flowOut(kw, amps);
}

/** As many as the widest screen shows, and one that comes in. */
const HEADS = 28;

/** Arrowheads along a line; they wander while something flows and stand for those who ask for no motion. */
function FlowLine({ way }: { way: Way }) {
  const head = way === "in" ? (x: number) => `M${x} 5l8 7-8 7` : (x: number) => `M${x + 8} 5l-8 7 8 7`;
  return (
    <span class="flow-line" data-way={way} aria-hidden="true">
      {way === "in" || way === "out" ? (
        // The picture wanders as a whole: what moves inside of one is laid out anew in every frame.
        <svg class="flow-heads" width={HEADS * 40} height="24">
          <path d={Array.from({ length: HEADS }, (_, index) => head(40 * index + 16)).join("")} />
        </svg>
      ) : null}
    </span>
  );
}

/** How full, with the interval that holds it 95 times out of 100 as a paler stretch around the end of the bar. */
export function SocBand({ soc, low, high }: { soc: Known<number>; low: Known<number>; high: Known<number> }) {
  const part = (value: number) => `${Math.max(0, Math.min(100, value)).toFixed(1)}%`;
  return (
    <span class={soc == null ? "soc-bar unknown" : "soc-bar"} aria-hidden="true">
      <span style={{ width: soc == null ? "0" : part(soc) }} />
      {low == null || high == null ? null : <i class="soc-band" style={{ left: part(low), width: part(high - low) }} />}
    </span>
  );
}

/** Every pack as a column as full as it is, with its own current: who carries the load, and who does not. */
function PackColumns() {
  const packs = knownPacks.value;
  return (
    <div class={packs.length > 6 ? "pack-columns-row many" : "pack-columns-row"} aria-hidden="true">
      {packs.map(([number, pack]) => <Column key={number} number={number} pack={pack} />)}
    </div>
  );
}

function Column({ number, pack }: { number: number; pack: Pack }) {
  const way = wayOf(pack.pack_current_a);
  return (
    <span class="pack-column" data-fresh={seen(pack)}>
      <span class="pack-column-current">
        <Num value={pack.pack_current_a} decimals={0} signed />
      </span>
      <svg viewBox="0 0 12 10" class="pack-column-way" data-way={way}>
        {way === "in" ? <path d="m1 2 5 6 5-6z" /> : way === "out" ? <path d="m1 8 5-6 5 6z" /> : <path d="M2 4.4h8v1.2H2z" />}
      </svg>
      <span class="pack-column-body">
        <i style={{ height: `${Math.max(0, Math.min(100, pack.soc_pct ?? 0)).toFixed(1)}%` }} />
      </span>
      <span class="pack-column-number">{number}</span>
    </span>
  );
}

function TimeLeft({ rack: now }: { rack: Rack }) {
  const way = wayOf(now.pack_current_a);
  const found = flowing(now, knownPacks.value, gateway.value?.told);
  const hours = found?.hours ?? null;
  const under = underTime(now, way, found, serverClock_s.value);
  const long = found !== null && hours === null && !found.falls && found.full_ah !== null;
  return (
    <div class="time-left">
      <h2>{way === "out" ? text.toEmpty : text.toFull}</h2>
      <p class="big">
        {hours !== null ? <span class="num">{wait(hours)}</span> : long ? <span class="num">{`>\u202f${LONGEST_H}\u202fh`}</span> : under === null ? <Absent /> : <span class="num absent" aria-hidden="true">{DASH}</span>}
      </p>
      <p class="under">{under}</p>
    </div>
  );
}

/** When that is and how sure, or why no time is told. */
function underTime(now: Rack, way: Way, found: Flowing | null, clock_s: number | null): string | null {
  if (way === "none") return text.resting;
  if (found === null || clock_s === null) return null;
  if (found.falls) return way === "in" ? text.slowsIn : text.slowsOut;
  if (found.hours === null) return found.full_ah === null ? null : text.tooLong;
  const about = text.about(moment(clock_s + found.hours * 3600, clock_s));
  const [early, late] = (hoursBetween(now, found) ?? []).map((end) => moment(clock_s + end * 3600, clock_s));
  return early === undefined || late === undefined || early === late ? about : `${about}, ${text.between(early, late)}`;
}

function magnitude(value: Known<number>): number | null {
  return value == null ? null : Math.abs(value);
}
