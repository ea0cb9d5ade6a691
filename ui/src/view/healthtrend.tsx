// The health of a pack from day to day: what it holds, and how its resistance grows.

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Asker } from "../ask";
import { healthWords as text } from "../i18n/health";
import type { Known } from "../model";
import { lazily } from "./lazy";

const Plot = lazily(async () => (await import("./plot")).Plot);

interface Day {
  at_s: number;
  soh_pct: Known<number>;
  full_ah: Known<number>;
  resistance_mohm: Known<number>;
}

const DAY_S = 86_400;

export function HealthTrend({ pack }: { pack: number }) {
  const asker = useMemo(() => new Asker<{ days: Day[] }>(), [pack]);
  const cursor = useSignal<number | null>(null);
  const view = useSignal<[number, number] | null>(null);
  useEffect(() => void asker.ask(`api/health?pack=${pack}`), [asker]);
  const told = asker.held.value;
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
