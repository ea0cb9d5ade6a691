// Logs: the records that a pack keeps of its alarms and protections, read, filtered and taken along.

import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { clockTime, fixed } from "../format";
import { logsWords as text } from "../i18n/logs";
import { serviceWords } from "../i18n/service";
import { faultName, nameOf, words } from "../i18n/words";
import { begin, endings, refused, sentenceOf, whyNotPacks } from "../jobs";
import { connection } from "../live";
import { ask, type LogRecord, type Logs as Told, type Table } from "../service";
import { hasPack, NoSuchPack } from "../view/nosuchpack";
import { Deeds, JobPanel, NotConnected, PackTabs, packOf } from "../view/service";
import type { ScreenProps } from "./registry";

const SHOWN = 100;
const LIMITS = [20, 100, 500];
const KINDS = ["all", "protections", "faults"] as const;
type Kind = (typeof KINDS)[number];

export function title(rest: readonly string[]): string {
  return text.title(packOf(rest));
}

export default function Logs({ rest }: ScreenProps) {
  const number = packOf(rest);
  return hasPack(number) ? <PackLogs key={number} number={number} /> : <NoSuchPack number={number} place="logs" />;
}

function PackLogs({ number }: { number: number }) {
  const told = useSignal<Told | null>(null);
  const kind = useSignal<Kind>("all");
  const search = useSignal("");
  const limit = useSignal(LIMITS[0] ?? 0);
  const shown = useSignal(SHOWN);
  const ids = useId();
  const connected = connection.value !== null && connection.value.state !== "disconnected";
  const looks = useRef(0);
  useEffect(() => {
    if (!connected) return;
    const look = async () => {
      const mine = ++looks.current;
      const table = await ask<Table>("GET", `api/packs/${number}/parameters`);
      const found = table.records_read_s == null ? null : await ask<Told>("GET", `api/packs/${number}/logs`);
      // Asked for before the view was cleared, it would bring back what is gone.
      if (mine === looks.current) told.value = found;
    };
    look().catch((problem: unknown) => (refused.value = sentenceOf(problem)));
  }, [number, endings.value, connected, connection.value?.link]);
  const clear = async () => {
    try {
      await ask<null>("DELETE", `api/packs/${number}/logs`);
      looks.current += 1;
      told.value = null;
    } catch (problem) {
      refused.value = sentenceOf(problem);
    }
  };
  const all = told.value?.records ?? [];
  const found = all.filter((record) => fits(record, kind.value, search.value));
  const unread = told.value === null ? text.readFirst : null;
  const none = unread ?? (all.length === 0 ? text.keepsNone : null);
  return (
    <div class="screen service-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{text.title(number)}</h1>
        <p class="note">{told.value ? `${serviceWords.readAt(clockTime(told.value.read_s), told.value.serial)} ${text.count(all.length)}` : serviceWords.neverRead}</p>
      </header>
      <PackTabs place="logs" number={number} />
      <NotConnected />
      <div class="log-tools">
        <p class="field">
          <label for={`${ids}-limit`}>{text.newest}</label>
          <select id={`${ids}-limit`} value={limit.value} onChange={(event) => (limit.value = Number(event.currentTarget.value))}>
            {LIMITS.map((count) => <option key={count} value={count}>{fixed(count, 0)}</option>)}
          </select>
        </p>
        <p class="field">
          <label for={`${ids}-kind`}>{text.kind}</label>
          <select id={`${ids}-kind`} value={kind.value} onChange={(event) => (kind.value = event.currentTarget.value as Kind)}>
            {KINDS.map((one) => <option key={one} value={one}>{text.kinds[one]}</option>)}
          </select>
        </p>
        <p class="field">
          <label for={`${ids}-search`}>{text.search}</label>
          <input id={`${ids}-search`} type="search" value={search.value} onInput={(event) => (search.value = event.currentTarget.value)} />
        </p>
      </div>
      <Deeds
        deeds={[
          { name: text.read, act: () => void begin(`api/packs/${number}/logs/read`, { limit: limit.value }), why: whyNotPacks("operator"), look: "main" },
          { name: text.csv, act: () => save(`api/packs/${number}/logs.csv`), why: none },
          { name: text.json, act: () => saveText(`pack-${number}-records.json`, JSON.stringify(told.value, null, 1)), why: none },
          { name: text.clear, act: () => void clear(), why: unread ?? whyNotPacks("operator") },
        ]}
      />
      <JobPanel kinds={["logs"]} pack={number} />
      {told.value === null ? null : all.length === 0 ? <p class="empty">{text.keepsNone}</p> : found.length === 0 ? <p class="empty">{text.noneFits}</p> : <Records records={found.slice(0, shown.value)} />}
      {found.length > shown.value ? <Deeds deeds={[{ name: text.more(found.length - shown.value), act: () => (shown.value += SHOWN) }]} /> : null}
    </div>
  );
}

function named(record: LogRecord): { protections: string[]; alarms: string[]; faults: string[] } {
  const protections = record.protections ?? [];
  return {
    protections: protections.map(nameOf),
    alarms: (record.conditions ?? []).filter((code) => !protections.includes(code)).map(nameOf),
    faults: (record.faults ?? []).map(faultName),
  };
}

function fits(record: LogRecord, kind: Kind, search: string): boolean {
  if (kind !== "all" && (record[kind]?.length ?? 0) === 0) return false;
  const { protections, alarms, faults } = named(record);
  const text = [record.at ?? "", ...protections, ...alarms, ...faults].join(" ").toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function Records({ records }: { records: LogRecord[] }) {
  return (
    <div class="block scroll-table" tabIndex={0} role="region" aria-label={text.records}>
      <table class="tool-table">
        <thead>
          <tr>
            <th scope="col" class="right">{text.number}</th>
            <th scope="col">{text.when}</th>
            <th scope="col">{text.what}</th>
            <th scope="col" class="right">{words.rack.current}, A</th>
            <th scope="col" class="right">{words.rack.voltage}, V</th>
            <th scope="col" class="right">{text.charge}, Ah</th>
            <th scope="col" class="right">{words.pack.maxVolt}, mV</th>
            <th scope="col" class="right">{words.pack.minVolt}, mV</th>
            <th scope="col" class="right">{words.pack.temperatures}, °C</th>
          </tr>
        </thead>
        <tbody>{records.map((record, index) => <Line key={index} record={record} index={index} />)}</tbody>
      </table>
    </div>
  );
}

function Line({ record, index }: { record: LogRecord; index: number }) {
  const { protections, alarms, faults } = named(record);
  const number = (value: number | undefined, decimals: number, signed = false) => fixed(value, decimals, signed) ?? "–";
  const temperatures = record.temperatures_c ?? [];
  const span = temperatures.length === 0 ? "–" : `${fixed(Math.min(...temperatures), 1)}–${fixed(Math.max(...temperatures), 1)}`;
  const cells = record.cell_voltages_mv;
  return (
    <tr>
      <td class="num right">{index}</td>
      <td class="num">{record.at ?? "–"}</td>
      <td class="wrap">
        {[
          [text.protects, protections],
          [text.alarms, alarms],
          [text.faults, faults],
        ].map(([name, codes]) => (codes?.length ? <span key={String(name)} class="record-what"><b>{name}</b> {(codes as string[]).join(", ")}</span> : null))}
        {protections.length + alarms.length + faults.length === 0 ? text.nothing : null}
        {cells ? (
          <details class="more">
            <summary>{text.cells(cells.length)}</summary>
            <span class="num record-cells">{cells.map((cell) => fixed(cell, 0)).join(" · ")}</span>
          </details>
        ) : null}
      </td>
      <td class="num right">{number(record.pack_current_a, 1, true)}</td>
      <td class="num right">{number(record.pack_voltage_v, 1)}</td>
      <td class="num right">{text.ofFull(number(record.remaining_ah, 1), number(record.full_ah, 1))}</td>
      <td class="num right">{number(record.cell_voltage_max_mv, 0)}</td>
      <td class="num right">{number(record.cell_voltage_min_mv, 0)}</td>
      <td class="num right">{span}</td>
    </tr>
  );
}

function save(address: string, name = ""): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

function saveText(name: string, written: string): void {
  const address = URL.createObjectURL(new Blob([written], { type: "application/json" }));
  save(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
