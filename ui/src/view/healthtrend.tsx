// The health of a pack from day to day: what it holds, and how its resistance grows.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { tryAsk, type Asked } from "../ask";
import { healthWords as text } from "../i18n/health";
import type { Known } from "../model";
import { knownTo, type Asking } from "../past";
import { lazily } from "./lazy";

const Plot = lazily(async () => (await import("./plot")).Plot);

interface Day {
  at_s: number;
  soh_pct: Known<number>;
  full_ah: Known<number>;
  resistance_mohm: Known<number>;
}

const DAY_S = 86_400;

async function daysOf(pack: Asking): Promise<Asked<{ days: Day[] }>> {
  const known = await knownTo([pack]);
  if (!known.value) return { refused: known.refused };
  if (!known.value[0]) return { value: { days: [] } };
  return tryAsk(`api/health?${pack.serial === null ? `pack=${pack.number}` : `serial=${encodeURIComponent(pack.serial)}`}`);
}

export function HealthTrend({ pack, serial }: { pack: number; serial: string | null }) {
  const held = useSignal<Asked<{ days: Day[] }> | null>(null);
  const cursor = useSignal<number | null>(null);
  const view = useSignal<[number, number] | null>(null);
  useEffect(() => {
    void daysOf({ number: pack, serial }).then((told) => (held.value = told));
  }, [pack, serial]);
  const told = held.value;
  if (told === null) return <div class="later-part" aria-busy="true" />;
  const days = told.value?.days ?? [];
  if (told.refused) return <p class="note">{text.trendNone}</p>;
  if (days.length < 2) return <p class="note">{text.trendShort}</p>;
  const times = days.map((day) => day.at_s);
  const [from, to] = view.value ?? [(times[0] ?? 0) - DAY_S / 2, (times.at(-1) ?? 0) + DAY_S / 2];
  const all = [
    { name: text.trendFull, unit: "Ah", decimals: 1, least: 4, values: days.map((day) => day.full_ah) },
    { name: text.trendResistance, unit: "mΩ", decimals: 2, least: 1, values: days.map((day) => day.resistance_mohm) },
    { name: text.trendSoh, unit: "%", decimals: 1, least: 4, values: days.map((day) => day.soh_pct) },
  ].filter((strip) => strip.values.some((value) => value != null));
  return (
    <div class="charts">
      {all.map(({ values, ...strip }, index) => (
        <Plot
          key={strip.name}
          {...strip}
          lines={[{ name: strip.name, ink: index, values }]}
          times={times}
          marks={[]}
          from={from}
          to={to}
          last={index === all.length - 1}
          group={`health-${pack}`}
          cursor={cursor}
          label={text.trendChart(strip.name)}
          onZoom={(start, end) => (view.value = [start, end])}
          onBack={() => (view.value = null)}
        />
      ))}
    </div>
  );
}
