// Strips of the last minutes under one another: one time axis, one cursor, one zoom for all of them.

import { useComputed, useSignal, type ReadonlySignal, type Signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { clockMinute, clockTime, fixed } from "../format";
import { history, historyTick } from "../live";
import { printing, theme } from "../theme";
import { words } from "../i18n/words";
import { END_PX, STEPS, fitted } from "./axis";
import { Num } from "./values";

export interface Line {
  key: string;
  /** Drawn thinner and in the second ink, as the other end of a range. */
  second?: boolean;
}

export interface StripProps {
  name: string;
  unit: string;
  decimals: number;
  lines: Line[];
  /** The axis is at least this tall, so that noise does not look like news. */
  least: number;
  signed?: boolean;
  /** Draws the area to zero, for what has a direction. */
  toZero?: boolean;
}

type View = { from: number; to: number } | null;

const RANGES_MIN = [2, 5, 15] as const;
const AXIS_PX = 26;
const GUTTER_PX = 52;

export function Charts({ strips, group }: { strips: StripProps[]; group: string }) {
  const chosen = useSignal<number | null>(null);
  const minutes = useComputed(() => chosen.value ?? fitting(historyTick.value));
  const view = useSignal<View>(null);
  const cursor = useSignal<number | null>(null);
  return (
    <div class="charts" onMouseLeave={() => (cursor.value = null)}>
      {strips.map((strip, index) => (
        <Strip
          key={strip.name}
          {...strip}
          group={group}
          last={index === strips.length - 1}
          minutes={minutes}
          view={view}
          cursor={cursor}
        />
      ))}
      <div class="chart-tools">
        <div class="segments" role="group" aria-label={words.chart.range}>
          {RANGES_MIN.map((count) => (
            <button
              type="button"
              key={count}
              aria-pressed={view.value === null && minutes.value === count}
              onClick={() => {
                view.value = null;
                chosen.value = count;
              }}
            >
              {words.chart.minutes(count)}
            </button>
          ))}
        </div>
        {view.value === null ? null : (
          <button type="button" class="quiet" onClick={() => (view.value = null)}>
            {words.chart.reset}
          </button>
        )}
        <Hint cursor={cursor} shown_s={view.value ? view.value.to - view.value.from : minutes.value * 60} />
      </div>
    </div>
  );
}

/** The shortest range that shows all there is, until somebody chooses another. */
function fitting(_tick: number): number {
  const span_s = (history.times.at(-1) ?? 0) - (history.times[0] ?? 0);
  return RANGES_MIN.find((count) => span_s <= count * 60) ?? 15;
}

/** What happened at the mark under the cursor; else how to zoom. */
function Hint({ cursor, shown_s }: { cursor: Signal<number | null>; shown_s: number }) {
  const time = cursor.value === null ? undefined : history.times[cursor.value];
  const mark = history.marks.find((one) => time !== undefined && Math.abs(one.time_s - time) < shown_s / 100);
  if (mark) return <span class="mark-text">{`${clockTime(mark.time_s)} ${mark.text}`}</span>;
  return <span class="hint">{words.chart.hint}</span>;
}

interface Shared {
  group: string;
  last: boolean;
  minutes: ReadonlySignal<number>;
  view: Signal<View>;
  cursor: Signal<number | null>;
}

function Strip(props: StripProps & Shared) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const inSight = useRef(false);
  const latest = useRef(props);
  latest.current = props;
  const look = theme.value;

  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const made = new uPlot(options(props, element), data(props), element);
    plot.current = made;
    show(made, props);
    const sizes = fitted(made, element);
    const sight = new IntersectionObserver(([entry]) => {
      inSight.current = entry?.isIntersecting ?? true;
      if (inSight.current) renew(made, latest.current);
    });
    sight.observe(element);
    return () => {
      sizes.disconnect();
      sight.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [look, props.group, props.last]);

  const drawn = `${printing.value} ${historyTick.value} ${props.minutes.value} ${props.view.value?.from ?? ""}`;
  useEffect(() => {
    if (plot.current && (inSight.current || printing.value)) renew(plot.current, props);
  }, [drawn]);

  return (
    <figure class={props.last ? "strip-chart last" : "strip-chart"}>
      <figcaption>
        <span class="strip-name">{props.name}</span>
        <Readout {...props} />
      </figcaption>
      <div class="plot" ref={host} role="img" aria-label={words.chart.label(props.name, props.unit)} />
    </figure>
  );
}

/** The value under the cursor with its time, or the newest one. */
function Readout({ lines, decimals, unit, signed, cursor }: StripProps & Shared) {
  const at = useComputed(() => {
    void historyTick.value;
    return cursor.value === null ? history.times.length - 1 : Math.min(cursor.value, history.times.length - 1);
  }).value;
  void historyTick.value;
  const time = history.times[at];
  return (
    <span class="readout">
      {lines.map((line, index) => (
        <span key={line.key} class={line.second ? "second" : undefined}>
          {index > 0 ? "–" : null}
          <Num
            value={history.column(line.key)[at]}
            decimals={decimals}
            signed={signed ?? false}
            {...(index === lines.length - 1 ? { unit } : {})}
          />
        </span>
      ))}
      {cursor.value !== null && time !== undefined ? <time>{clockTime(time)}</time> : null}
    </span>
  );
}

function data(props: StripProps): uPlot.AlignedData {
  return [history.times, ...props.lines.map((line) => history.column(line.key))] as uPlot.AlignedData;
}

function renew(plot: uPlot, props: StripProps & Shared): void {
  plot.setData(data(props), false);
  show(plot, props);
}

function show(plot: uPlot, { view, minutes }: Shared): void {
  const end = history.times.at(-1) ?? Date.now() / 1000;
  const window = view.value ?? { from: end - minutes.value * 60, to: end };
  plot.setScale("x", { min: window.from, max: window.to });
}

/** A range that holds all values, is never flatter than `least` and leaves a little air. */
function tall(low: number | null, high: number | null, props: StripProps): [number, number] {
  let from = low ?? 0;
  let to = high ?? 0;
  if (props.toZero) {
    from = Math.min(from, 0);
    to = Math.max(to, 0);
  }
  const missing = Math.max(0, props.least - (to - from));
  const air = (to - from + missing) * 0.08;
  return [from - missing / 2 - air, to + missing / 2 + air];
}

function options(props: StripProps & Shared, element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const ink = (name: string) => style.getPropertyValue(name).trim();
  const grid = { stroke: ink("--line"), width: 1 };
  return {
    width: element.clientWidth || 300,
    height: element.clientHeight || 90,
    legend: { show: false },
    padding: [6, END_PX, props.last ? 0 : 6, 0],
    scales: {
      x: { time: true, auto: false },
      y: { range: (_, low, high) => tall(low, high, props) },
    },
    axes: [
      {
        show: props.last,
        size: AXIS_PX,
        stroke: ink("--ink-2"),
        font: "11px system-ui, sans-serif",
        grid,
        ticks: { show: false },
        space: 70,
        values: (_, splits) => splits.map((time) => (time % 60 === 0 ? clockMinute(time) : clockTime(time))),
      },
      {
        size: GUTTER_PX,
        stroke: ink("--ink-2"),
        font: "11px system-ui, sans-serif",
        grid,
        ticks: { show: false },
        space: 20,
        incrs: STEPS,
        values: (_, splits) => {
          const step = splits.length > 1 ? Math.abs((splits[1] ?? 0) - (splits[0] ?? 0)) : 1;
          const decimals = Math.max(0, Math.min(2, Math.ceil(-Math.log10(step) - 1e-9)));
          return splits.map((value) => fixed(value, decimals) ?? "");
        },
      },
    ],
    series: [
      {},
      ...props.lines.map((line) => ({
        stroke: ink(line.second ? "--ink-2" : "--accent"),
        width: line.second ? 1 : 1.75,
        spanGaps: false,
        points: { show: false },
        ...(props.toZero ? { fill: ink("--accent-wash"), fillTo: 0 } : {}),
      })),
    ],
    cursor: {
      sync: { key: props.group },
      y: false,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          props.view.value = null;
          return null;
        },
      },
    },
    hooks: {
      setCursor: [(plot) => (props.cursor.value = plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 6) return;
          props.view.value = { from: plot.posToVal(left, "x"), to: plot.posToVal(left + width, "x") };
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
      draw: [(plot) => drawMarks(plot, ink("--ink-2"))],
    },
  };
}

/** Changes of state as dashed lines across the strip. */
function drawMarks(plot: uPlot, colour: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.lineWidth = devicePixelRatio;
  for (const mark of history.marks) {
    const x = Math.round(plot.valToPos(mark.time_s, "x", true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
