// The kept past: what is asked of the server for a span of time, and what the page makes of it.

import { tryAsk as ask, type Asked } from "./ask";
import type { Known } from "./model";

/** So long after its end the server gives a minute at the latest. */
const SHOWN_AFTER_S = 60;

/** What the reader looks at; the address says it. */
export type Subject = { kind: "rack" } | { kind: "pack"; pack: number } | { kind: "packs" } | { kind: "cells"; pack: number; cell: number | null };

/** A pack as it is asked for: by the serial number that it keeps, else by the number that it has now. */
export interface Asking {
  number: number;
  serial: string | null;
}

export interface Span {
  from_s: number;
  to_s: number;
}

/** A span as an address has it: so much of the past until now, or from a time to a time. */
export interface Shown {
  width_s: number;
  /** `null` follows the clock. */
  to_s: number | null;
}

/** `last=86400` or `from=1795270000&to=1795280000`; `null` for anything else. */
export function shownIn(query: string): Shown | null {
  const given = new URLSearchParams(query);
  const number = (key: string) => (/^\d{1,12}$/.test(given.get(key) ?? "") ? Number(given.get(key)) : null);
  const [last, from, to] = [number("last"), number("from"), number("to")];
  if (last !== null && last > 0) return { width_s: last, to_s: null };
  return from !== null && to !== null && from < to ? { width_s: to - from, to_s: to } : null;
}

export function queryOf({ width_s, to_s }: Shown): string {
  return to_s === null ? `last=${Math.round(width_s)}` : `from=${Math.floor(to_s - width_s)}&to=${Math.ceil(to_s)}`;
}

export type Column = readonly Known<number>[];

export interface PastSeries {
  quantity: string;
  unit: string;
  min?: Known<Column>;
  mean?: Known<Column>;
  max?: Known<Column>;
  last?: Known<Column>;
  total?: Known<Column>;
  cells?: Known<Known<Column>[]>;
}

export interface Past {
  source: { kind: string; name: string; pack: Known<number> };
  every: string;
  every_s: number;
  times_s: number[];
  series: PastSeries[];
}

export interface PastEvent {
  source: string;
  name: string;
  pack: Known<number>;
  kind: string;
  code: string;
  level: "info" | "warning" | "critical" | string;
  began_s: number;
  ended_s: Known<number>;
  text: string;
  /** The language of the text where it is not English. */
  spoken?: Known<string>;
  /** It befell packs that are simulated. */
  virtual?: boolean;
}

export const GAUGES = [
  "pack_current_a",
  "pack_voltage_v",
  "soc_pct",
  "cell_voltage_min_mv",
  "cell_voltage_max_mv",
  "temperature_min_c",
  "temperature_max_c",
  "charge_current_limit_a",
  "discharge_current_limit_a",
] as const;
export const COMPARED = ["soc_pct", "pack_current_a", "cell_voltage_min_mv", "cell_voltage_max_mv", "temperature_max_c"] as const;

/** `["cells", "3", "11"]` and the like; whatever is not understood is the rack. */
export function subjectOf(rest: readonly string[]): Subject {
  const number = (at: number) => (/^\d{1,3}$/.test(rest[at] ?? "") ? Number(rest[at]) : null);
  const pack = number(1);
  if (rest[0] === "packs") return { kind: "packs" };
  if (rest[0] === "pack" && pack !== null) return { kind: "pack", pack };
  if (rest[0] === "cells" && pack !== null) return { kind: "cells", pack, cell: number(2) };
  return { kind: "rack" };
}

/** The requests of a subject, one for each source. */
export function pathsOf(subject: Subject, packs: readonly Asking[], span: Span, points: number): string[] {
  const path = (quantities: readonly string[], pack: Asking | null) => {
    const query = new URLSearchParams(quantities.map((quantity) => ["quantity", quantity]));
    query.set("from", String(Math.floor(span.from_s)));
    query.set("to", String(Math.ceil(span.to_s)));
    query.set("points", String(points));
    if (pack !== null) name(query, pack);
    return `api/history?${query}`;
  };
  switch (subject.kind) {
    case "rack":
      return [path(GAUGES, null)];
    case "pack":
      return [path(GAUGES, asked(packs, subject.pack))];
    case "packs":
      return packs.map((pack) => path(COMPARED, pack));
    case "cells":
      return [path(["cell_voltages_mv", "pack_current_a"], asked(packs, subject.pack))];
  }
}

function asked(packs: readonly Asking[], number: number): Asking {
  return packs.find((pack) => pack.number === number) ?? { number, serial: null };
}

function name(query: URLSearchParams, { number, serial }: Asking): void {
  if (serial === null) query.set("pack", String(number));
  else query.set("serial", serial);
}

export function eventsPath(subject: Subject, packs: readonly Asking[], span: Span): string {
  const query = new URLSearchParams({ from: String(Math.floor(span.from_s)), to: String(Math.ceil(span.to_s)) });
  if (subject.kind === "pack" || subject.kind === "cells") name(query, asked(packs, subject.pack));
  return `api/events?${query}`;
}

interface Source {
  kind: string;
  name: string;
  pack: Known<number>;
}

/** Whether the history knows a pack yet, or the rack; asking for what it does not know would be a mistake. */
export async function knownTo(packs: readonly (Asking | null)[]): Promise<Asked<boolean[]>> {
  const told = await ask<{ sources: Source[] }>("api/history/sources");
  if (!told.value) return { refused: told.refused };
  const { sources } = told.value;
  return {
    value: packs.map((pack) =>
      sources.some((source) => (pack === null ? source.kind === "rack" : source.kind !== "rack" && (pack.serial === null ? source.pack === pack.number : source.name === pack.serial))),
    ),
  };
}

/** All answers of one look, or the first refusal; nothing where nothing has been kept yet. */
export async function look(subject: Subject, packs: readonly Asking[], span: Span, points: number): Promise<Asked<{ pasts: Past[]; events: PastEvent[] }>> {
  const about = subject.kind === "rack" ? [null] : subject.kind === "packs" ? packs : [asked(packs, subject.pack)];
  const known = await knownTo(about);
  if (!known.value) return { refused: known.refused };
  const there = known.value;
  if (!there.includes(true)) return { value: { pasts: [], events: [] } };
  const events = ask<{ events: PastEvent[] }>(eventsPath(subject, packs, span));
  const pasts = await Promise.all(
    pathsOf(subject, packs, span, points)
      .filter((_, index) => there[index])
      .map((path) => ask<Past>(path)),
  );
  const refused = pasts.find((past) => past.refused);
  if (refused?.refused) return { refused: refused.refused };
  const told = await events;
  return { value: { pasts: pasts.flatMap((past) => (past.value ? [past.value] : [])), events: told.value?.events ?? [] } };
}

/** What befell packs like those of a past: a drill is no mark on the charts of a real battery, nor the other way round. */
export function eventsOf(past: Past | undefined, events: readonly PastEvent[]): PastEvent[] {
  if (past === undefined) return [...events];
  const virtual = past.source.name === "virtual rack" || past.source.name.startsWith("VIRTUAL-");
  return events.filter((event) => (event.virtual ?? virtual) === virtual);
}

/** Whether any value of the span was kept. */
export function isEmpty(pasts: readonly Past[]): boolean {
  return pasts.every((past) => past.series.every((series) => [main(series), series.cells ?? []].every((column) => column.every((value) => value == null))));
}

/** By when the minute that goes on now can be seen: it is kept when it is over, and given some time later. */
export function nextMinute_s(now_s: number): number {
  return Math.ceil(now_s / 60) * 60 + SHOWN_AFTER_S;
}

export function seriesOf(past: Past | undefined, quantity: string): PastSeries | undefined {
  return past?.series.find((series) => series.quantity === quantity);
}

/** What one line shows of a quantity. */
export function main(series: PastSeries | undefined): Column {
  return series?.mean ?? series?.last ?? series?.total ?? series?.min ?? series?.max ?? [];
}

/** Each cell over time, from what the server gives for each moment. */
export function cellColumns(past: Past | undefined): Column[] {
  const cells = seriesOf(past, "cell_voltages_mv")?.cells ?? [];
  const count = Math.max(0, ...cells.map((one) => one?.length ?? 0));
  return Array.from({ length: count }, (_, cell) => cells.map((one) => one?.[cell] ?? null));
}

/** The mean of all cells at each moment; `null` where one is not known. */
export function meanOf(columns: readonly Column[]): (number | null)[] {
  return (columns[0] ?? []).map((_, at) => {
    const known = columns.map((column) => column[at]).filter((value): value is number => value != null);
    return known.length === columns.length && known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  });
}

export function apart(column: Column, mean: Column): (number | null)[] {
  return column.map((value, at) => (value == null || mean[at] == null ? null : value - (mean[at] ?? 0)));
}

/** The cell that lies lowest over the whole span, counted from 1; `null` without cells. */
export function lowestCell(columns: readonly Column[]): number | null {
  const mean = meanOf(columns);
  const levels = columns.map((column) => apart(column, mean).reduce<number>((sum, value) => sum + (value ?? 0), 0));
  return levels.length === 0 ? null : levels.indexOf(Math.min(...levels)) + 1;
}

/** A table for a spreadsheet: a line for each moment, names of columns with their source. */
export function csv(pasts: readonly Past[]): string {
  const columns: { name: string; at: Map<number, Known<number>> }[] = [];
  for (const past of pasts) {
    const owner = past.source.pack == null ? past.source.kind : `pack ${past.source.pack}`;
    const add = (name: string, values: Column) => columns.push({ name: `${owner} ${name}`, at: new Map(past.times_s.map((time, index) => [time, values[index]])) });
    for (const series of past.series) {
      for (const kept of ["min", "mean", "max", "last", "total"] as const) {
        const values = series[kept];
        if (values) add(`${series.quantity} ${kept}`, values);
      }
      if (series.cells) cellColumns(past).forEach((values, cell) => add(`cell ${cell + 1} mV`, values));
    }
  }
  const times = [...new Set(pasts.flatMap((past) => past.times_s))].sort((a, b) => a - b);
  const lines = times.map((time) => [new Date(time * 1000).toISOString(), ...columns.map((column) => column.at.get(time) ?? "")].join(","));
  return [["time", ...columns.map((column) => column.name)].join(","), ...lines, ""].join("\r\n");
}

/** A span moved by a part of itself, or made wider or narrower around its middle; never beyond now. */
export function moved(span: Span, by: number, wider: number, now_s: number): Span {
  const width = Math.max(60, (span.to_s - span.from_s) * wider);
  const middle = (span.from_s + span.to_s) / 2 + by * (span.to_s - span.from_s);
  const to_s = Math.min(now_s, middle + width / 2);
  return { from_s: to_s - width, to_s };
}

/** Gives a file to the reader. */
export function give(name: string, type: string, content: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
