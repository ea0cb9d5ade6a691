// The charts of a kept past: strips under one another on one time axis, for the rack, a pack, packs, or cells.

import { useSignal } from "@preact/signals";
import { clockMinute } from "../format";
import { historyWords as text } from "../i18n/history";
import { words } from "../i18n/words";
import { apart, cellColumns, eventsOf, lowestCell, main, meanOf, seriesOf, type Column, type Past, type PastEvent, type Span, type Subject } from "../past";
import { address } from "../route";
import { INKS, Plot, type PlotLine, type PlotMark } from "./plot";

interface Strip {
  name: string;
  unit: string;
  decimals: number;
  least: number;
  tall?: boolean;
  lines: PlotLine[];
}

interface Props {
  subject: Subject;
  pasts: Past[];
  events: PastEvent[];
  span: Span;
  /** When the next minute that is kept can be seen; `null` for a span that does not reach until now. */
  next_s: number | null;
  go: (span: Span) => void;
  back: () => void;
}

const MARKS: Record<string, PlotMark["level"]> = { warning: "warning", critical: "danger" };

export function PastCharts({ subject, pasts, events, span, next_s, go, back }: Props) {
  const cursor = useSignal<number | null>(null);
  const chosen = useSignal<readonly number[] | null>(null);
  const times = pasts[0]?.times_s ?? [];
  const cells = subject.kind === "cells" ? cellColumns(pasts[0]) : [];
  const strong = subject.kind !== "cells" ? [] : (chosen.value ?? [subject.cell ?? lowestCell(cells) ?? 1]);
  const strips = subject.kind === "cells" ? ofCells(cells, strong, pasts[0]) : subject.kind === "packs" ? ofPacks(pasts) : ofOne(pasts[0]);
  const known = strips.filter((strip) => strip.lines.some((line) => line.values.some((value) => value != null)));
  const marks = eventsOf(pasts[0], events).map((event): PlotMark => ({ at: event.began_s, level: MARKS[event.level] ?? "event" }));
  return (
    <div class="charts" onMouseLeave={() => (cursor.value = null)}>
      {subject.kind === "cells" && cells.length > 0 ? (
        <CellChoice count={cells.length} strong={strong} choose={(next) => (chosen.value = next)} />
      ) : null}
      {known.length === 0 ? <p class="empty">{next_s === null ? text.none : text.soon(clockMinute(next_s))}</p> : null}
      {known.map((strip, index) => (
        <Plot
          key={strip.name}
          {...strip}
          times={times}
          marks={marks}
          from={span.from_s}
          to={span.to_s}
          last={index === known.length - 1}
          group={`past-${subject.kind}`}
          cursor={cursor}
          label={text.chart(strip.name)}
          onZoom={(from_s, to_s) => to_s - from_s >= 20 && go({ from_s, to_s })}
          onBack={back}
        />
      ))}
      {subject.kind === "pack" ? <a href={address("history", "cells", subject.pack)}>{text.cellsOf(subject.pack)}</a> : null}
    </div>
  );
}

function CellChoice({ count, strong, choose }: { count: number; strong: readonly number[]; choose: (next: number[]) => void }) {
  return (
    <div class="cell-choice" role="group" aria-label={text.chooseCells}>
      {Array.from({ length: count }, (_, index) => index + 1).map((cell) => (
        <button
          key={cell}
          type="button"
          aria-label={text.cell(cell)}
          aria-pressed={strong.includes(cell)}
          onClick={() => choose(strong.includes(cell) ? strong.filter((one) => one !== cell) : [...strong, cell].slice(-INKS))}
        >
          {cell}
        </button>
      ))}
    </div>
  );
}

function ofCells(cells: Column[], strong: readonly number[], past: Past | undefined): Strip[] {
  const mean = meanOf(cells);
  const line = (cell: number, values: Column): PlotLine => ({ name: text.cell(cell), values, ink: Math.max(0, strong.indexOf(cell)), strong: true });
  const faint = (values: Column, index: number): PlotLine => ({ name: String(index), values, ink: 0, faint: true });
  const others = cells.filter((_, index) => !strong.includes(index + 1));
  const drawn = (of: (column: Column) => Column) => [...others.map((column, index) => faint(of(column), index)), ...strong.map((cell) => line(cell, of(cells[cell - 1] ?? [])))];
  return [
    { name: text.voltage, unit: "mV", decimals: 0, least: 20, tall: true, lines: drawn((column) => column) },
    { name: text.apart, unit: "mV", decimals: 0, least: 10, tall: true, lines: drawn((column) => apart(column, mean)) },
    { name: words.rack.current, unit: "A", decimals: 1, least: 4, lines: [ofQuantity(past, "pack_current_a", words.rack.current, 0)] },
  ];
}

function ofQuantity(past: Past | undefined, quantity: string, name: string, ink: number, spread = true): PlotLine {
  const series = seriesOf(past, quantity);
  return { name, ink, values: main(series), ...(spread && series?.min && series.max ? { low: series.min, high: series.max } : {}) };
}

function ofOne(past: Past | undefined): Strip[] {
  const one = (quantity: string, name: string, ink = 0) => ofQuantity(past, quantity, name, ink);
  const steps = (quantity: string, name: string, ink: number) => ({ ...one(quantity, name, ink), steps: true });
  return [
    { name: words.rack.current, unit: "A", decimals: 1, least: 4, lines: [one("pack_current_a", words.rack.current)] },
    { name: words.rack.voltage, unit: "V", decimals: 2, least: 0.4, lines: [one("pack_voltage_v", words.rack.voltage)] },
    { name: words.rack.soc, unit: "%", decimals: 1, least: 1, lines: [one("soc_pct", words.rack.soc)] },
    { name: words.rack.cells, unit: "mV", decimals: 0, least: 20, lines: [one("cell_voltage_max_mv", text.highest), one("cell_voltage_min_mv", text.lowest, 1)] },
    { name: text.temperature, unit: "°C", decimals: 1, least: 2, lines: [one("temperature_max_c", text.highest), one("temperature_min_c", text.lowest, 1)] },
    { name: text.limits, unit: "A", decimals: 0, least: 20, lines: [steps("charge_current_limit_a", text.into, 0), steps("discharge_current_limit_a", text.out, 1)] },
  ];
}

/** All packs on the times of the first; the server gives every one the same grid. */
function ofPacks(pasts: Past[]): Strip[] {
  const all = (quantity: string) => pasts.map((past, index) => ofQuantity(past, quantity, past.source.pack == null ? past.source.name : words.pack.title(past.source.pack), index, false));
  return [
    { name: words.rack.soc, unit: "%", decimals: 1, least: 1, tall: true, lines: all("soc_pct") },
    { name: words.rack.current, unit: "A", decimals: 1, least: 4, tall: true, lines: all("pack_current_a") },
    { name: text.cellMin, unit: "mV", decimals: 0, least: 20, lines: all("cell_voltage_min_mv") },
    { name: text.cellMax, unit: "mV", decimals: 0, least: 20, lines: all("cell_voltage_max_mv") },
    { name: text.temperature, unit: "°C", decimals: 1, least: 2, lines: all("temperature_max_c") },
  ];
}
