// The last fifteen minutes of every plotted value, in memory, on one common time axis.

import { asHeard, isUnheard, rackAsHeard } from "./freshness";
import type { Battery, Recent, Snapshot } from "./model";

export const KEPT_S = 900;

/** A record that ends longer ago than this is not the past of what is on the screen. */
const TRAVEL_S = 30;

/** What is plotted of a rack and of each pack. */
export const PLOTTED = [
  "pack_voltage_v",
  "pack_current_a",
  "soc_pct",
  "cell_voltage_min_mv",
  "cell_voltage_max_mv",
] as const satisfies readonly (keyof Battery)[];

export type Plotted = (typeof PLOTTED)[number];
export type Samples = (number | null)[];

/** Something that happened, drawn as a mark on the time axis. */
export interface Mark {
  time_s: number;
  text: string;
}

export class History {
  readonly times: number[] = [];
  readonly marks: Mark[] = [];
  private readonly series = new Map<string, Samples>();
  /** Which packs it is about. */
  private behind: string | null = null;

  /**
   * Replaces what is known by the server's record. Own samples that arrived while it travelled stay; anything
   * further ahead of it comes from another run or another clock and goes.
   */
  load(recent: Recent): void {
    const columns = Object.entries(recent.series);
    const count = Math.max(0, ...columns.map(([, column]) => column.length));
    const end = recent.start_s + (count - 1) * recent.interval_s;
    const ahead = (this.times.at(-1) ?? end) - end;
    const keepFrom =
      count === 0 || ahead > TRAVEL_S ? -1 : this.times.findIndex((time) => time > end + recent.interval_s / 2);
    const newer = keepFrom < 0 ? [] : this.times.slice(keepFrom);
    const newerOf = (key: string) => (keepFrom < 0 ? [] : (this.series.get(key) ?? []).slice(keepFrom));

    const next = new Map<string, Samples>();
    const past = Array.from({ length: count }, (_, index) => recent.start_s + index * recent.interval_s);
    const keys = new Set([...columns.map(([key]) => key), ...(newer.length > 0 ? this.series.keys() : [])]);
    for (const key of keys) {
      const known = recent.series[key] ?? [];
      const tail = newerOf(key);
      next.set(key, [
        ...past.map((_, index) => known[index] ?? null),
        ...newer.map((_, index) => tail[index] ?? null),
      ]);
    }
    this.times.splice(0, this.times.length, ...past, ...newer);
    this.series.clear();
    for (const [key, column] of next) this.series.set(key, column);
    this.forget();
  }

  /** Adds one moment; what is not fresh is a gap, a repeated or earlier time is ignored. */
  append(snapshot: Snapshot): void {
    const time_s = snapshot.time_s;
    const last = this.times.at(-1);
    if (time_s == null || (last !== undefined && time_s <= last)) return;
    this.follow(snapshot);
    this.times.push(time_s);
    this.sample("rack", rackAsHeard(snapshot));
    for (const [number, pack] of Object.entries(snapshot.packs)) {
      this.sample(`pack.${number}`, asHeard(pack, isUnheard(snapshot.connection, Number(number))));
    }
    for (const column of this.series.values()) {
      if (column.length < this.times.length) column.push(null);
    }
    this.forget();
  }

  /** Other packs than before have another past. */
  private follow({ virtual, connection }: Snapshot): void {
    const now = virtual === true ? "virtual" : connection?.link || this.behind;
    if (this.behind !== null && now !== this.behind) {
      this.times.splice(0);
      this.marks.splice(0);
      this.series.clear();
    }
    this.behind = now;
  }

  /** Leaves a hole where nothing was heard, so that no line is drawn across it. */
  gap(): void {
    const last = this.times.at(-1);
    if (last === undefined) return;
    this.times.push(last + 0.001);
    for (const column of this.series.values()) column.push(null);
  }

  mark(time_s: number, text: string): void {
    this.marks.push({ time_s, text });
  }

  /** The values of `"rack.soc_pct"` or `"pack.3.soc_pct"` beside `times`. */
  column(key: string): Samples {
    return this.series.get(key) ?? this.times.map(() => null);
  }

  private sample(owner: string, battery: Battery): void {
    const fresh = battery.freshness === "fresh";
    for (const name of PLOTTED) {
      const key = `${owner}.${name}`;
      const column = this.series.get(key) ?? this.times.slice(1).map(() => null as number | null);
      column.push(fresh ? (battery[name] ?? null) : null);
      this.series.set(key, column);
    }
  }

  private forget(): void {
    const oldest = (this.times.at(-1) ?? 0) - KEPT_S;
    const gone = this.times.findIndex((time) => time >= oldest);
    if (gone <= 0) return;
    this.times.splice(0, gone);
    for (const column of this.series.values()) column.splice(0, gone);
    const marked = this.marks.findIndex((mark) => mark.time_s >= oldest);
    this.marks.splice(0, marked < 0 ? this.marks.length : marked);
  }
}
