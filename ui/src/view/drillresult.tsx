// What a drill has shown: the verdicts, the course as a chart, and every second as a row.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { telling, type DrillRow, type DrillRun } from "../drill";
import { fixed, measured } from "../format";
import { drillsWords as text } from "../i18n/drills";
import { inverterWords } from "../i18n/inverter";
import { spokenIn } from "../told";
import { lazily } from "./lazy";
import { Shape } from "./state";
import { Absent, Block, Num } from "./values";

const Plot = lazily(async () => (await import("./plot")).Plot);

export function DrillResult({ result, title }: { result: DrillRun; title: ComponentChildren }) {
  const frames = result.rows.reduce((sum, row) => sum + row.frames, 0);
  return (
    <section class="drill-result" aria-labelledby="drill-said">
      <header class="drill-said">
        <p class="headline-state"><span class="virtual">{text.virtual}</span> {title}</p>
        <h2 id="drill-said" class="sentence">
          <Shape level={result.held ? "nominal" : "fault"} /> {result.held ? text.held : text.broken}
        </h2>
        <p class="note">{text.summary(text.frames(frames), measured(result.longest_gap_s, 1, "s"))}</p>
      </header>
      <div class="drill-grid">
        <Course result={result} />
        <Verdicts result={result} />
        <Rows result={result} />
      </div>
    </section>
  );
}

function Course({ result }: { result: DrillRun }) {
  const cursor = useSignal<number | null>(null);
  const view = useSignal<[number, number] | null>(null);
  const { rows } = result;
  const times = rows.map((row) => row.at_s);
  const [from, to] = view.value ?? [0, times.at(-1) ?? 1];
  const marks = rows.filter((row) => row.events.length > 0).map((row) => ({ at: row.at_s, level: "event" as const }));
  const common = {
    times,
    marks,
    from,
    to,
    seconds: true,
    decimals: 1,
    unit: "A",
    group: "drill",
    cursor,
    onZoom: (start: number, end: number) => (view.value = [start, end]),
    onBack: () => (view.value = null),
  };
  return (
    <Block title={text.told} class="course-block">
      <Plot
        {...common}
        name=""
        label={text.chart(text.told)}
        least={20}
        last={false}
        tall
        lines={[
          { name: text.charge, ink: 0, steps: true, values: rows.map((row) => row.charge_current_limit_a) },
          { name: text.discharge, ink: 1, steps: true, values: rows.map((row) => row.discharge_current_limit_a) },
        ]}
      />
      <Plot {...common} name={text.flows} label={text.chart(text.flows)} least={20} last lines={[{ name: text.flows, ink: 2, values: rows.map((row) => row.pack_current_a) }]} />
      <h3>{text.happened}</h3>
      <ul class="drill-events">
        {rows.flatMap((row) => row.events.map((event) => <li key={event}><span class="num">{measured(row.at_s, 0, "s")}</span> <span {...spokenIn(result, event)}>{event}</span></li>))}
      </ul>
    </Block>
  );
}

function Verdicts({ result }: { result: DrillRun }) {
  return (
    <Block title={text.verdicts} class="verdicts-block">
      <ul class="verdicts">
        {result.verdicts.map((verdict) => (
          <li key={verdict.invariant} class={verdict.held ? undefined : "level-fault"}>
            <Shape level={verdict.held ? "nominal" : "fault"} />
            <span>
              <b>{verdict.invariant}</b> <span {...spokenIn(result, verdict.title)}>{verdict.title}</span>
              <span class="hidden">: {verdict.held ? text.heldMark : text.brokenMark}</span>
              {verdict.held ? null : <small>{text.breaches(verdict.breaches)}. <span {...spokenIn(result, verdict.first)}>{text.first(verdict.first)}</span></small>}
            </span>
          </li>
        ))}
      </ul>
    </Block>
  );
}

function Rows({ result }: { result: DrillRun }) {
  const all = useSignal(false);
  const shown = all.value ? result.rows : telling(result.rows);
  return (
    <Block
      title={text.rows}
      class="rows-block"
      aside={
        <label class="aside check">
          <input type="checkbox" checked={all.value} onChange={(event) => (all.value = event.currentTarget.checked)} /> {text.allRows}
        </label>
      }
    >
      <div class="wide-table long" tabIndex={0} role="region" aria-label={text.rows}>
        <table class="plain-table number-table">
          <thead>
            <tr>
              {[text.at, text.state, "CVL", "CCL", "DCL", text.allowed, text.age, text.packs, text.flows].map((name) => <th key={name} scope="col">{name}</th>)}
            </tr>
          </thead>
          <tbody>{shown.map((row) => <Row key={row.at_s} row={row} result={result} />)}</tbody>
        </table>
      </div>
    </Block>
  );
}

function Row({ row, result }: { row: DrillRow; result: DrillRun }) {
  const allowed = [row.charge_enabled ? text.into : null, row.discharge_enabled ? text.out : null].filter(Boolean).join(", ");
  const told = [...row.alarms.map((alarm) => inverterWords.trouble[alarm] ?? alarm.replaceAll("_", " "))];
  return (
    <>
      {row.events.map((event) => (
        <tr key={event} class="event-row">
          <td colSpan={9} {...spokenIn(result, event)}>{event}</td>
        </tr>
      ))}
      <tr>
        <th scope="row">{measured(row.at_s, 0, "s")}</th>
        <td>{text.stateName[row.state] ?? row.state}{told.length > 0 ? <small>{told.join(" ")}</small> : null}</td>
        {row.frames === 0 ? (
          <td colSpan={4} class="nothing">{text.nothing}</td>
        ) : (
          <>
            <td><Num value={row.charge_voltage_limit_v} decimals={1} unit="V" /></td>
            <td><Num value={row.charge_current_limit_a} decimals={1} unit="A" /></td>
            <td><Num value={row.discharge_current_limit_a} decimals={1} unit="A" /></td>
            <td>{allowed || "–"}</td>
          </>
        )}
        <td>{row.age_s == null ? <Absent /> : measured(row.age_s, 1, "s")}</td>
        <td>{fixed(row.packs, 0)}</td>
        <td><Num value={row.pack_current_a} decimals={1} unit="A" signed /></td>
      </tr>
    </>
  );
}
