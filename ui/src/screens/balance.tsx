// Balance: the cells of every pack around their mean, who is being bled, what is owed and how long that takes.

import { computed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { bleeders, extremesOf, furthest, runs, spreadOf, type Extremes, type Spread } from "../balance";
import { place, reach } from "../cellscale";
import { fixed, measured } from "../format";
import { balanceWords as text } from "../i18n/balance";
import { words } from "../i18n/words";
import { knownPacks, packSignal, rack } from "../live";
import type { Pack } from "../model";
import { address } from "../route";
import { Waiting } from "../view/headline";
import { Absent, Block, Num, Pair, seen } from "../view/values";

/** The rack tells something new every second, these hardly ever. */
const thresholds = computed(() => rack.value?.thresholds);

const percent = (part: number) => `${(part * 100).toFixed(2)}%`;

export default function Balance() {
  if (!rack.value) return <Waiting />;
  const packs = knownPacks.value;
  const worst = furthest(packs);
  const bled = packs.flatMap(([, pack]) => bleeders(pack) ?? []).length;
  return (
    <div class="screen balance-screen">
      <header class="headline" data-fresh={seen(rack.value)}>
        <h1 class="sentence" tabIndex={-1}>
          {worst === null
            ? text.nothing
            : words.text([text.apart(String(worst.number), measured(worst.spread_mv, 0, "mV")), bled > 0 ? text.bleeding(bled) : text.noneBleeds])}
        </h1>
        <Weakest packs={packs} />
      </header>
      <div class="balance-grid">
        {packs.map(([number]) => <PackBalance key={number} number={number} />)}
      </div>
      <Block title={text.how} class="how-block">
        <ul class="plain-list">
          {text.howItems.map((item) => <li key={item}>{item}</li>)}
          <li>{text.lines}</li>
          <li>{text.bleedMark}</li>
        </ul>
      </Block>
    </div>
  );
}

/** The lowest and the highest cell of the rack, each with the way to its past. */
function Weakest({ packs }: { packs: readonly (readonly [number, Pack])[] }) {
  const told = useRef<Extremes | null>(null);
  const found = extremesOf(packs, told.current);
  told.current = found;
  if (found === null) return null;
  return (
    <ul class="weakest">
      {([[found.lowest, text.weakest], [found.highest, text.strongest]] as const).map(([{ pack, cell, mv }, say]) => (
        <li key={say(0, 0, "")}>
          {say(cell, pack, measured(mv, 0, "mV"))} · <a href={address("history", "cells", pack, cell)} aria-label={`${text.past}: ${words.pack.title(pack)}, ${words.pack.cellName(cell)}`}>{text.past}</a>
        </li>
      ))}
    </ul>
  );
}

/** Drawn anew when its own pack has told something, and not with every other one. */
function PackBalance({ number }: { number: number }) {
  const pack = packSignal(number).value;
  if (pack === null) return null;
  const spread = spreadOf(pack);
  const on = bleeders(pack);
  return (
    <Block
      title={words.pack.title(number)}
      of={pack}
      aside={<a class="aside" href={address("pack", number)}>{text.details(number)}</a>}
    >
      {spread === null ? <p class="empty">{words.pack.noCells}</p> : <Picture spread={spread} on={on ?? []} />}
      {spread === null ? null : <p class="block-foot"><a href={address("history", "cells", number)}>{text.pastOf(number)}</a></p>}
      <dl class="pairs">
        <Pair name={text.spread} {...(spread === null ? {} : { note: extremes(spread) })}>
          <Num value={spread?.spread_mv} decimals={0} unit="mV" />
        </Pair>
        <Pair name={text.bleeders}>
          {on === null ? <Absent /> : <span class="num listed">{on.length === 0 ? text.nobody : text.cells(on.length, runs(on))}</span>}
        </Pair>
        <Debt pack={pack} />
      </dl>
    </Block>
  );
}

function extremes(spread: Spread): string {
  const at = (cell: number) => text.cellAt(cell, measured(spread.cells[cell - 1], 0, "mV"));
  return `${text.highest}: ${at(spread.highest)} · ${text.lowest}: ${at(spread.lowest)}`;
}

function Debt({ pack }: { pack: Pack }) {
  const { balance } = pack;
  if (!balance) {
    return (
      <Pair name={text.debt} note={words.text([text.unknownDebt, text.unknownWhy])}>
        <Absent />
      </Pair>
    );
  }
  const most = Math.max(...balance.ahead_ah);
  const told = text.debtOf(balance.ahead_ah.indexOf(most) + 1, measured(most, 2, "Ah"));
  return (
    <>
      <Pair name={text.debt}><span class="num">{balance.basis === "voltage" ? text.atLeast(told) : told}</span></Pair>
      <div>
        <dt class="hidden">{text.aheadPicture}</dt>
        <dd class="ahead"><Ahead ahead_ah={balance.ahead_ah} /></dd>
      </div>
      <Pair name={text.hours}>
        <span class="num">{text.hoursOf(fixed(balance.hours_left, balance.hours_left < 10 ? 1 : 0) ?? "", measured(balance.bleed_a * 1000, 0, "mA"))}</span>
      </Pair>
    </>
  );
}

/** Every cell as a column from the mean up or down, the alarm and protection lines across all of them. */
function Picture({ spread, on }: { spread: Spread; on: number[] }) {
  const limits = thresholds.value ?? {};
  const lines = [
    { kind: "protect", value: limits.cell_uv_protect_mv },
    { kind: "alarm", value: limits.cell_uv_alarm_mv },
    { kind: "alarm", value: limits.cell_ov_alarm_mv },
    { kind: "protect", value: limits.cell_ov_protect_mv },
  ].filter((line): line is { kind: string; value: number } => line.value != null);
  const { mean_mv: middle } = spread;
  const span = reach(middle, [...spread.known, ...lines.map((line) => line.value)]);
  const at = (voltage: number) => place(voltage, middle, span);
  const from = (cell: number) => text.cellAt(cell, `${fixed((spread.cells[cell - 1] ?? middle) - middle, 0, true)}\u00a0mV`);
  const said = text.picture(from(spread.lowest), from(spread.highest), measured(spread.spread_mv, 0, "mV"));
  return (
    <figure class="around" role="img" aria-label={said}>
      <div class="around-field">
        {lines.map((line) => (
          <i key={`${line.kind}${line.value}`} class={`across ${line.kind} ${line.value < middle ? "low" : "high"}`} style={{ bottom: percent(at(line.value)) }}>
            <b>{fixed(line.value, 0)}</b>
          </i>
        ))}
        <i class="across middle" style={{ bottom: "50%" }}><b>{fixed(middle, 0)}</b></i>
        <div class="around-cells">
          {spread.cells.map((cell, index) => (
            <span key={index}>{cell == null ? null : <Column end={at(cell)} past={passed(cell, middle, lines)} />}</span>
          ))}
        </div>
      </div>
      <div class="around-numbers" aria-hidden="true">
        {spread.cells.map((_, index) => (
          <span key={index} class={on.includes(index + 1) ? "bled" : undefined}>{index + 1}</span>
        ))}
      </div>
    </figure>
  );
}

function Column({ end, past }: { end: number; past: string }) {
  return <b class={`cell-bar ${past}`} style={{ bottom: percent(Math.min(0.5, end)), height: percent(Math.abs(end - 0.5)) }} />;
}

/** The worst line that a cell has passed, seen from the mean. */
function passed(cell: number, middle: number, lines: { kind: string; value: number }[]): string {
  const found = lines.filter((line) => (line.value > middle ? cell > line.value : cell < line.value));
  return found.some((line) => line.kind === "protect") ? "protect" : found.length > 0 ? "alarm" : "";
}

function Ahead({ ahead_ah }: { ahead_ah: number[] }) {
  const most = Math.max(...ahead_ah, 0.01);
  const said = ahead_ah.map((ah, index) => text.debtOf(index + 1, measured(ah, 2, "Ah"))).join("; ");
  return (
    <span class="ahead-columns" role="img" aria-label={said}>
      {ahead_ah.map((ah, index) => (
        <i key={index} style={{ height: percent(ah / most) }} />
      ))}
    </span>
  );
}
