// The cells of a pack: each as a bar away from the mean, with the alarm and protection lines in the same picture.

import { mean, place, reach } from "../cellscale";
import { fixed } from "../format";
import { rack } from "../live";
import type { Known, Pack } from "../model";
import { words } from "../i18n/words";
import { Absent, Block, Num } from "./values";

const percent = (part: number) => `${(part * 100).toFixed(2)}%`;

export function Cells({ pack }: { pack: Pack }) {
  const cells = pack.cell_voltages_mv ?? [];
  const known = cells.filter((cell): cell is number => cell != null);
  const middle = mean(known);
  const spread =
    pack.cell_voltage_min_mv == null || pack.cell_voltage_max_mv == null
      ? null
      : pack.cell_voltage_max_mv - pack.cell_voltage_min_mv;
  return (
    <Block title={words.pack.cells} of={pack} class="cells-block">
      <dl class="cell-summary">
        <div><dt>{words.pack.maxVolt}</dt><dd><Num value={pack.cell_voltage_max_mv} decimals={0} unit="mV" /></dd></div>
        <div><dt>{words.pack.minVolt}</dt><dd><Num value={pack.cell_voltage_min_mv} decimals={0} unit="mV" /></dd></div>
        <div><dt>{words.pack.meanVolt}</dt><dd><Num value={middle} decimals={1} unit="mV" /></dd></div>
        <div><dt>{words.pack.spread}</dt><dd><Num value={spread} decimals={0} unit="mV" /></dd></div>
      </dl>
      {middle === null ? <p class="empty">{words.pack.noCells}</p> : <CellTable pack={pack} cells={cells} middle={middle} known={known} />}
    </Block>
  );
}

function CellTable({ pack, cells, middle, known }: { pack: Pack; cells: Known<number>[]; middle: number; known: number[] }) {
  const limits = rack.value?.thresholds ?? {};
  const lines = [
    { kind: "protect", value: limits.cell_uv_protect_mv },
    { kind: "alarm", value: limits.cell_uv_alarm_mv },
    { kind: "alarm", value: limits.cell_ov_alarm_mv },
    { kind: "protect", value: limits.cell_ov_protect_mv },
  ].filter((line): line is { kind: "alarm" | "protect"; value: number } => line.value != null);
  const span = reach(middle, [...known, ...lines.map((line) => line.value)]);
  const at = (voltage: number) => place(voltage, middle, span);
  return (
    <>
      <table class="cells">
        <thead>
          <tr>
            <th scope="col">{words.pack.cell}</th>
            <th scope="col" class="cell-picture">
              <span class="hidden">{words.pack.picture}</span>
              <span class="line-labels">
                {lines.map((line) => (
                  <span key={`${line.kind}${line.value}`} class={`line-label ${line.kind} ${line.value < middle ? "low" : "high"}`} style={{ left: percent(at(line.value)) }}>
                    {line.kind === "alarm" ? words.pack.lineAlarm : words.pack.lineProtect} {fixed(line.value, 0)}
                  </span>
                ))}
              </span>
            </th>
            <th scope="col" class="right">{words.pack.millivolts}</th>
            <th scope="col" class="right from-mean">{words.pack.deviation}</th>
            <th scope="col" class="right">{words.pack.equilibrium}</th>
          </tr>
        </thead>
        <tbody>
          {cells.map((cell, index) => (
            <CellRow
              key={index}
              index={index}
              cell={cell}
              middle={middle}
              at={at}
              lines={lines}
              balancing={pack.balancing?.[index]}
              extreme={cell == null ? null : cell === pack.cell_voltage_max_mv ? "max" : cell === pack.cell_voltage_min_mv ? "min" : null}
            />
          ))}
        </tbody>
      </table>
      <p class="note">{words.pack.scaleNote}</p>
    </>
  );
}

interface RowProps {
  index: number;
  cell: Known<number>;
  middle: number;
  at: (voltage: number) => number;
  lines: { kind: "alarm" | "protect"; value: number }[];
  balancing: Known<boolean>;
  extreme: "max" | "min" | null;
}

function CellRow({ index, cell, middle, at, lines, balancing, extreme }: RowProps) {
  return (
    <tr class={extreme ?? undefined}>
      <th scope="row">{words.pack.cellName(index + 1)}</th>
      <td class="cell-picture">
        <span class="cell-track" aria-hidden="true">
          {lines.map((line) => (
            <i key={`${line.kind}${line.value}`} class={`line ${line.kind}`} style={{ left: percent(at(line.value)) }} />
          ))}
          <i class="line middle" />
          {cell == null ? null : <Bar place={at(cell)} beyond={beyond(cell, lines, middle)} />}
        </span>
      </td>
      <td class="right strong"><Num value={cell} decimals={0} /></td>
      <td class="right from-mean"><Num value={cell == null ? null : cell - middle} decimals={0} signed /></td>
      <td class="right">
        {balancing == null ? <Absent /> : <span class={balancing ? "switch on" : "switch"}>{balancing ? words.pack.on : words.pack.off}</span>}
      </td>
    </tr>
  );
}

function Bar({ place: end, beyond: past }: { place: number; beyond: "alarm" | "protect" | null }) {
  const from = Math.min(0.5, end);
  return <b class={`cell-bar ${past ?? ""}`} style={{ left: percent(from), width: percent(Math.abs(end - 0.5)) }} />;
}

/** The worst line a cell has passed, seen from the mean. */
function beyond(cell: number, lines: RowProps["lines"], middle: number): "alarm" | "protect" | null {
  const passed = lines.filter((line) => (line.value > middle ? cell > line.value : cell < line.value));
  if (passed.some((line) => line.kind === "protect")) return "protect";
  return passed.length > 0 ? "alarm" : null;
}
