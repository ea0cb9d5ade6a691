// A strip over a past that is given: several lines with their spread, marks on the time axis, drag to zoom.

import type { Signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { clockMinute, clockTime, dayMonth, fixed } from "../format";
import { theme } from "../theme";
import type { Known } from "../model";
import { END_PX, STEPS, fitted } from "./axis";
import { Num } from "./values";

export interface PlotLine {
  name: string;
  values: readonly Known<number>[];
  /** Smallest and greatest of each moment, drawn as a wash behind the line. */
  low?: readonly Known<number>[] | undefined;
  high?: readonly Known<number>[] | undefined;
  /** Place in the colours; lines beyond them are dashed. */
  ink: number;
  /** Drawn stronger than the others. */
  strong?: boolean;
  faint?: boolean;
  /** Stays where it is until the next value, as what is told does. */
  steps?: boolean;
}

export interface PlotMark {
  at: number;
  level: "event" | "warning" | "danger" | "here";
}

export interface PlotProps {
  name: string;
  unit: string;
  decimals: number;
  times: readonly number[];
  lines: readonly PlotLine[];
  marks: readonly PlotMark[];
  from: number;
  to: number;
  least: number;
  /** Times are seconds since a beginning, not of a clock. */
  seconds?: boolean;
  last: boolean;
  tall?: boolean;
  group: string;
  cursor: Signal<number | null>;
  /** Place in the times whose values are told while nobody points at one; without it the last that are known. */
  rests?: number;
  label: string;
  /** What was dragged over, in the times' unit. */
  onZoom: (from: number, to: number) => void;
  onBack: () => void;
}

const AXIS_PX = 26;
const GUTTER_PX = 52;
export const INKS = 6;
const DASHES = [[], [6, 3], [2, 3]];

export function Plot(props: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const look = theme.value;
  const shape = props.lines.map((line) => `${line.name} ${line.ink} ${line.strong} ${line.faint} ${line.low !== undefined}`).join();

  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const made = new uPlot(options(latest, element), columns(props), element);
    plot.current = made;
    made.setScale("x", { min: props.from, max: props.to });
    const sizes = fitted(made, element);
    return () => {
      sizes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [look, props.group, props.last, props.tall, shape]);

  useEffect(() => {
    const made = plot.current;
    if (!made) return;
    made.setData(columns(props), false);
    made.setScale("x", { min: props.from, max: props.to });
  }, [props.times, props.lines, props.marks, props.from, props.to]);

  return (
    <figure class={`strip-chart${props.last ? " last" : ""}${props.tall ? " tall" : ""}`}>
      <figcaption>
        <span class="strip-name">{props.name}</span>
        <Readout {...props} />
      </figcaption>
      <div class="plot" ref={host} role="img" aria-label={props.label} />
    </figure>
  );
}

/** The values under the cursor; else those of the moment that is chosen, or the last ones there are. */
function Readout({ lines, decimals, unit, cursor, rests, times, seconds }: PlotProps) {
  const at = cursor.value;
  const time = at === null ? undefined : times[at];
  return (
    <span class="readout many">
      {lines.filter((line) => !line.faint).map((line) => (
        <span key={line.name} class="key">
          {lines.length > 1 ? <Swatch ink={line.ink} name={line.name} /> : null}
          <Num value={line.values[at ?? rests ?? lastKnown(line.values)]} decimals={decimals} unit={unit} />
        </span>
      ))}
      {time === undefined ? null : <time>{seconds ? `${fixed(time, 0)}\u00a0s` : `${dayMonth(time)} ${clockTime(time)}`}</time>}
    </span>
  );
}

function Swatch({ ink, name }: { ink: number; name: string }) {
  return (
    <span class="swatch-key">
      <svg class="swatch" viewBox="0 0 20 4" aria-hidden="true">
        <path d="M0 2h20" style={{ stroke: `var(--plot-${(ink % INKS) + 1})` }} stroke-dasharray={dash(ink).join(" ")} />
      </svg>
      {name}
    </span>
  );
}

const dash = (ink: number): number[] => DASHES[Math.floor(ink / INKS) % DASHES.length] ?? [];

function lastKnown(values: readonly Known<number>[]): number {
  for (let index = values.length - 1; index >= 0; index -= 1) if (values[index] != null) return index;
  return -1;
}

function columns(props: PlotProps): uPlot.AlignedData {
  const lines = props.lines.flatMap((line) => [line.values, ...(line.low && line.high ? [line.low, line.high] : [])]);
  return [props.times, ...lines] as unknown as uPlot.AlignedData;
}

function range(low: number | null, high: number | null, least: number): [number, number] {
  const from = low ?? 0;
  const to = high ?? 0;
  const missing = Math.max(0, least - (to - from));
  const air = (to - from + missing) * 0.08;
  return [from - missing / 2 - air, to + missing / 2 + air];
}

function options(latest: { current: PlotProps }, element: HTMLElement): uPlot.Options {
  const props = latest.current;
  const style = getComputedStyle(document.documentElement);
  const ink = (name: string) => style.getPropertyValue(name).trim();
  const grid = { stroke: ink("--line"), width: 1 };
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  for (const line of props.lines) {
    const stroke = line.faint ? ink("--line-strong") : ink(`--plot-${(line.ink % INKS) + 1}`);
    const paths = line.steps && stepped ? { paths: stepped } : {};
    series.push({ stroke, width: line.strong ? 2.5 : line.faint ? 1 : 1.75, dash: line.faint ? [] : dash(line.ink), spanGaps: false, points: { show: !line.faint, size: 4, fill: stroke, filter: lonely }, ...paths });
    if (line.low && line.high) {
      const edge = { stroke: "transparent", width: 0, spanGaps: false, points: { show: false } };
      bands.push({ series: [series.length + 1, series.length], fill: `color-mix(in srgb, ${stroke} 22%, transparent)` });
      series.push(edge, edge);
    }
  }
  return {
    width: element.clientWidth || 300,
    height: element.clientHeight || 90,
    legend: { show: false },
    padding: [6, END_PX, props.last ? 0 : 6, 0],
    scales: { x: { time: !props.seconds, auto: false }, y: { range: (_, low, high) => range(low, high, latest.current.least) } },
    axes: [
      {
        show: props.last,
        size: AXIS_PX,
        stroke: ink("--ink-2"),
        font: "11px system-ui, sans-serif",
        grid,
        ticks: { show: false },
        space: 80,
        values: (_, splits) => splits.map((time) => (props.seconds ? `${fixed(time, 0)} s` : axisTime(time, (splits[1] ?? time) - (splits[0] ?? time)))),
      },
      {
        size: GUTTER_PX,
        stroke: ink("--ink-2"),
        font: "11px system-ui, sans-serif",
        grid,
        ticks: { show: false },
        space: 16,
        incrs: STEPS,
        values: (_, splits) => {
          const step = splits.length > 1 ? Math.abs((splits[1] ?? 0) - (splits[0] ?? 0)) : 1;
          const decimals = Math.max(0, Math.min(2, Math.ceil(-Math.log10(step) - 1e-9)));
          return splits.map((value) => fixed(value, decimals) ?? "");
        },
      },
    ],
    series,
    bands,
    cursor: {
      sync: { key: props.group },
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          latest.current.onBack();
          return null;
        },
      },
    },
    hooks: {
      setCursor: [(plot) => (latest.current.cursor.value = plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 6) return;
          latest.current.onZoom(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
      draw: [(plot) => drawMarks(plot, latest.current.marks, { event: ink("--ink-2"), warning: ink("--warning-fill"), danger: ink("--danger-fill"), here: ink("--ink") })],
    },
  };
}

/** The day at midnight and where days are wide steps, else the time of day. */
function axisTime(time: number, step_s: number): string {
  const date = new Date(time * 1000);
  const midnight = date.getHours() === 0 && date.getMinutes() === 0;
  if (midnight || step_s >= 86_400) return dayMonth(time);
  return step_s < 60 ? clockTime(time) : clockMinute(time);
}

/** Values without neighbours, of which a line alone would show nothing. */
function lonely(plot: uPlot, at: number): number[] {
  const values = Array.from(plot.data[at] ?? []);
  return values.flatMap((value, index) => (value != null && values[index - 1] == null && values[index + 1] == null ? [index] : []));
}

function drawMarks(plot: uPlot, marks: readonly PlotMark[], colours: Record<PlotMark["level"], string>): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.at, "x", true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colours[mark.level];
    ctx.setLineDash(mark.level === "danger" || mark.level === "here" ? [] : [3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
