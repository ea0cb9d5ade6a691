// The modules as they stand in the cabinet, in the order of their addresses; each leads to its pack.

import { freshnessNow } from "../freshness";
import { fixed, measured } from "../format";
import { connectionWords } from "../i18n/connection";
import { faultName, nameOf, words } from "../i18n/words";
import { connection, packNumbers, packSignal, serverGone } from "../live";
import type { Pack } from "../model";
import { address } from "../route";
import { levelOf } from "../status";
import { FaceStrip } from "./panel";
import { StateMark, stateWords } from "./state";
import { Absent, Age, Block, Num, Range, seen, SocBar } from "./values";

export function Cabinet() {
  const numbers = packNumbers.value;
  return (
    <Block
      title={words.rack.cabinet}
      class={numbers.length > 8 ? "cabinet-block dense" : "cabinet-block"}
      aside={<span class="aside">{numbers.length > 0 ? words.rack.modules(numbers.length) : null}</span>}
    >
      {numbers.length === 0 ? <p class="empty">{connection.value?.state === "disconnected" ? connectionWords.title.disconnected : words.rack.noModules}</p> : null}
      <ol class="cabinet" onKeyDown={walkModules}>
        {numbers.map((number) => (
          <li key={number}>
            <Module number={number} />
          </li>
        ))}
      </ol>
    </Block>
  );
}

/** Up and down go from module to module, as the eye does in front of the cabinet. */
function walkModules(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const modules = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("a")];
  const at = modules.indexOf(document.activeElement as HTMLElement);
  const next = modules[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

function Module({ number }: { number: number }) {
  const pack = packSignal(number).value;
  if (!pack) return null;
  const level = levelOf(pack, serverGone.value);
  const { cell_voltage_min_mv: low, cell_voltage_max_mv: high } = pack;
  const spread = low == null || high == null ? null : fixed(high - low, 0);
  return (
    <a class={`module level-${level}`} href={address("pack", number)} data-fresh={freshnessNow(pack, serverGone.value)}>
      <span class="hidden">
        {words.rack.module(number, stateWords(pack, level), measured(pack.soc_pct, 1, "%"), measured(pack.pack_current_a, 1, "A"))}
      </span>
      <FaceStrip pack={pack} number={number} />
      <span class="module-facts">
        <span class="fact fact-state">
          <StateMark battery={pack} />
          <Why pack={pack} />
        </span>
        <span class="fact fact-soc">
          <Num value={pack.soc_pct} decimals={1} unit="%" />
          <SocBar soc={pack.soc_pct} />
        </span>
        <span class="fact">
          <Num value={pack.pack_current_a} decimals={1} unit="A" signed />
          <small>
            <Num value={pack.pack_voltage_v} decimals={2} unit="V" />
          </small>
        </span>
        <span class="fact fact-cells">
          <Range low={low} high={high} decimals={0} unit="mV" />
          <small>{spread === null ? <Absent /> : words.rack.spread(spread)}</small>
        </span>
        <span class="fact fact-temp">
          <Range low={pack.temperature_min_c} high={pack.temperature_max_c} decimals={1} unit="°C" />
          <small>{pack.mos_temperature_c == null ? null : words.rack.mos(measured(pack.mos_temperature_c, 1, "°C"))}</small>
        </span>
      </span>
    </a>
  );
}

/** The first reason for a state that is not normal, or the age of what is not fresh. */
function Why({ pack }: { pack: Pack }) {
  if (seen(pack) !== "fresh") {
    return (
      <small>
        <Age battery={pack} />
      </small>
    );
  }
  const reasons = [
    ...(pack.faults ?? []).map(faultName),
    ...(pack.protections ?? []).map(nameOf),
    ...(pack.alarms ?? []).map(nameOf),
  ];
  if (reasons.length === 0) return null;
  return <small>{reasons.length > 1 ? `${reasons[0]} + ${reasons.length - 1}` : reasons[0]}</small>;
}
