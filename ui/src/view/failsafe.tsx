// What this inverter is told when the packs' data stop: a picture over their age, and the same as a table.

import { fixed } from "../format";
import { gatewayWords as text } from "../i18n/gateway";
import type { FailSafe, Known } from "../model";
import { Block, Pair } from "./values";

const seconds = (value: number) => `${fixed(value, 0)}\u00a0s`;
/** Of the picture's width, for what has no end. */
const BEYOND = 0.18;

export function FailSafeBlock({ table, age_s, state }: { table: FailSafe; age_s: Known<number>; state: string }) {
  const last = table.phases.at(-1);
  const end = (last?.from_s ?? 0) / (1 - BEYOND);
  const stage = table.phases.some((phase) => phase.stage === state) ? state : null;
  return (
    <Block title={text.failSafe} class="failsafe-block">
      <div class="failsafe-picture" aria-hidden="true">
        {table.phases.map((phase) => (
          <span
            key={phase.stage}
            data-stage={phase.stage}
            class={phase.stage === stage ? "here" : undefined}
            style={{ flexGrow: (phase.to_s ?? end) - phase.from_s }}
          >
            <b>{text.stageName[phase.stage] ?? phase.stage}</b>
            <i>{seconds(phase.from_s)}</i>
          </span>
        ))}
        {age_s == null || stage === null ? null : <em style={{ insetInlineStart: `${Math.min(100, (age_s / end) * 100).toFixed(1)}%` }} />}
      </div>
      <div class="wide-table" tabIndex={0} role="region" aria-label={text.failSafePicture}>
        <table class="plain-table">
          <thead>
            <tr><th scope="col">{text.age}</th><th scope="col">{text.told}</th></tr>
          </thead>
          <tbody>
            {table.phases.map((phase) => (
              <tr key={phase.stage} class={phase.stage === stage ? "here" : undefined}>
                <th scope="row">
                  {phase.to_s == null ? text.beyond(seconds(phase.from_s)) : text.from(seconds(phase.from_s), seconds(phase.to_s))}
                  {phase.stage === stage ? <small class="here-mark">{text.now}</small> : null}
                </th>
                <td>{text.stage[phase.stage] ?? phase.stage}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <dl class="pairs wordy">
        <Pair name={text.chargeStop}>{text.chargeStops[table.charge_stop] ?? table.charge_stop}</Pair>
        <Pair name={text.dischargeStop}>{text.dischargeStops[table.discharge_stop] ?? table.discharge_stop}</Pair>
        <Pair name={text.fault}>{table.raises_fault ? text.yes : text.no}</Pair>
      </dl>
      <p class="note">{text.failSafeNote(seconds(table.rise_s))}</p>
    </Block>
  );
}
