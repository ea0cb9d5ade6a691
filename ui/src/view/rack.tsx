// The rack in figures: what it is doing, what it allows, its modules, its last minutes.

import type { ComponentChildren } from "preact";
import { fixed, measured } from "../format";
import { words } from "../i18n/words";
import { isVirtual, links, rack } from "../live";
import type { Rack } from "../model";
import { address } from "../route";
import { countIsOff } from "../socband";
import { power_kw } from "../status";
import { Cabinet } from "./cabinet";
import { Charts } from "./chart";
import { Headline, Waiting } from "./headline";
import { InverterBlock } from "./inverter";
import { LimitsBlock } from "./limits";
import { stripsOf } from "./strips";
import { Absent, Age, Block, Num, Range, seen, SocBar } from "./values";

export function RackScreen() {
  const now = rack.value;
  if (!now) return <Waiting />;
  return (
    <div class="screen rack-screen">
      <Headline rack={now} />
      <Figures rack={now} />
      <div class="rack-columns">
        <Cabinet />
        <div class="rack-side">
          <Block title={words.rack.lastMinutes} class="chart-block" of={now}>
            <Charts strips={stripsOf("rack")} group="rack" />
          </Block>
          <LimitsBlock rack={now} />
          <InverterBlock />
          <LinksBlock />
        </div>
      </div>
    </div>
  );
}

function Figures({ rack: now }: { rack: Rack }) {
  const direction =
    now.pack_current_a == null || fixed(now.pack_current_a, 1) === fixed(0, 1)
      ? null
      : now.pack_current_a > 0
        ? words.rack.charging
        : words.rack.discharging;
  return (
    <section class="figures" aria-label={words.rack.figures} data-fresh={seen(now)}>
      <div class="figure figure-soc">
        <h2>{words.rack.soc}</h2>
        <p class="huge">
          <Num value={now.soc_pct} decimals={1} unit="%" />
          <Age battery={now} />
        </p>
        <SocBar soc={now.soc_pct} />
        <p class="under">
          {now.remaining_ah == null || now.full_ah == null
            ? <Absent />
            : words.rack.ofCapacity(fixed(now.remaining_ah, 1) ?? "", fixed(now.full_ah, 1) ?? "")}
          {now.soc_low_pct == null || now.soc_high_pct == null
            ? null
            : ` · ${(countIsOff(now) ? words.rack.bandOff : words.rack.band)(fixed(now.soc_low_pct, 0) ?? "", fixed(now.soc_high_pct, 0) ?? "")}`}
          {now.soh_pct == null ? null : ` · ${words.rack.health(measured(now.soh_pct, 1, "%"))}`}
        </p>
      </div>
      <Figure title={words.rack.power} rack={now} under={direction}>
        <Num value={magnitude(power_kw(now))} decimals={2} unit="kW" />
      </Figure>
      <Figure title={words.rack.current} rack={now} under={direction}>
        <Num value={magnitude(now.pack_current_a)} decimals={1} unit="A" />
      </Figure>
      <Figure
        title={words.rack.voltage}
        rack={now}
        under={<Range low={now.cell_voltage_min_mv} high={now.cell_voltage_max_mv} decimals={0} unit="mV" />}
      >
        <Num value={now.pack_voltage_v} decimals={2} unit="V" />
      </Figure>
      <Figure title={words.rack.temperature} rack={now} under={null}>
        <Range low={now.temperature_min_c} high={now.temperature_max_c} decimals={1} unit="°C" />
      </Figure>
    </section>
  );
}

function magnitude(value: number | null | undefined): number | null {
  return value == null ? null : Math.abs(value);
}

function Figure(props: { title: string; rack: Rack; under: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="figure">
      <h2>{props.title}</h2>
      <p class="big">{props.children}</p>
      <p class="under">
        {props.under}
        <Age battery={props.rack} />
      </p>
    </div>
  );
}

function LinksBlock() {
  return (
    <Block title={words.rack.linksTitle} aside={<a class="aside" href={address("links")}>{words.rack.linksMore}</a>}>
      {links.value.length === 0 ? <p class="empty">{words.rack.noLinks}</p> : null}
      <ul class="link-list">
        {links.value.map((link) => (
          <li key={link.url}>
            <span>{link.name}</span>
            <code>{link.url}</code>
          </li>
        ))}
      </ul>
      {isVirtual.value ? <p class="note">{words.virtual.meaning}</p> : null}
    </Block>
  );
}
