// The rack: how it is in one sentence, its few figures, its modules as they stand in the cabinet, its last minutes.

import type { ComponentChildren } from "preact";
import { freshnessNow } from "../freshness";
import { fixed, measured, unbroken } from "../format";
import { isVirtual, links, packNumbers, packSignal, rack, serverGone } from "../live";
import type { Pack, Rack } from "../model";
import { address } from "../route";
import { levelOf, power_kw } from "../status";
import { nameOf, faultName, words } from "../words";
import { Charts, type StripProps } from "./chart";
import { InverterBlock } from "./inverter";
import { FaceStrip } from "./panel";
import { StateMark, Shape, stateWords } from "./state";
import { Absent, Age, Block, Num, Range, seen } from "./values";

const STRIPS: StripProps[] = [
  { name: words.rack.current, unit: "A", decimals: 1, signed: true, least: 4, toZero: true, lines: [{ key: "rack.pack_current_a" }] },
  { name: words.rack.voltage, unit: "V", decimals: 2, least: 0.4, lines: [{ key: "rack.pack_voltage_v" }] },
  { name: words.rack.soc, unit: "%", decimals: 1, least: 1, lines: [{ key: "rack.soc_pct" }] },
  {
    name: words.rack.cells,
    unit: "mV",
    decimals: 0,
    least: 20,
    lines: [{ key: "rack.cell_voltage_min_mv", second: true }, { key: "rack.cell_voltage_max_mv" }],
  },
];

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
            <Charts strips={STRIPS} group="rack" />
          </Block>
          <Limits rack={now} />
          <InverterBlock />
          <LinksBlock />
        </div>
      </div>
    </div>
  );
}

function Waiting() {
  return (
    <div class="screen">
      <h1 class="sentence" tabIndex={-1}>{serverGone.value ? words.rack.title : words.server.waiting}</h1>
    </div>
  );
}

function Headline({ rack: now }: { rack: Rack }) {
  const fresh = seen(now) === "fresh";
  return (
    <header class="headline" data-fresh={seen(now)}>
      <p class="headline-state">
        <StateMark battery={now} />
        <Age battery={now} />
        {now.title ? <span class="product-title">{now.title}</span> : null}
      </p>
      <h1 class="sentence" tabIndex={-1}>
        {fresh ? null : <span class="last-known">{words.lastKnown} </span>}
        {now.sentence ? unbroken(now.sentence) : words.rack.noSentence}
      </h1>
      <Reasons rack={now} />
    </header>
  );
}

/** Every standing alarm, protection and fault in words, with the packs that report it. */
function Reasons({ rack: now }: { rack: Rack }) {
  const groups = [
    { level: "fault", codes: now.faults, of: (pack: Pack) => pack.faults, name: faultName },
    { level: "protection", codes: now.protections, of: (pack: Pack) => pack.protections, name: nameOf },
    { level: "warning", codes: now.alarms, of: (pack: Pack) => pack.alarms, name: nameOf },
  ] as const;
  const rows = groups.flatMap(({ level, codes, of, name }) =>
    (codes ?? []).map((code) => {
      const where = packNumbers.value.filter((number) => {
        const pack = packSignal(number).value;
        return pack !== null && (of(pack)?.includes(code) ?? false);
      });
      return { level, code, text: name(code), where };
    }),
  );
  if (rows.length === 0) return null;
  return (
    <ul class="reasons">
      {rows.map((row) => (
        <li key={`${row.level} ${row.code}`} class={`level-${row.level}`}>
          <Shape level={row.level} />
          <span>
            <span class="hidden">{words.level[row.level]}: </span>
            {row.text}
            {row.where.map((number, index) => (
              <span key={number}>
                {index === 0 ? " · " : ", "}
                <a href={address({ screen: "pack", pack: number })}>{words.pack.title(number)}</a>
              </span>
            ))}
          </span>
        </li>
      ))}
    </ul>
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
            : ` · ${words.rack.band(fixed(now.soc_low_pct, 0) ?? "", fixed(now.soc_high_pct, 0) ?? "")}`}
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

export function SocBar({ soc }: { soc: number | null | undefined }) {
  const full = soc == null ? 0 : Math.max(0, Math.min(100, soc));
  return (
    <span class={soc == null ? "soc-bar unknown" : "soc-bar"} aria-hidden="true">
      <span style={{ width: `${full.toFixed(1)}%` }} />
    </span>
  );
}

function Cabinet() {
  const numbers = packNumbers.value;
  return (
    <Block
      title={words.rack.cabinet}
      class={numbers.length > 8 ? "cabinet-block dense" : "cabinet-block"}
      aside={<span class="aside">{numbers.length > 0 ? words.rack.modules(numbers.length) : null}</span>}
    >
      {numbers.length === 0 ? <p class="empty">{words.rack.noModules}</p> : null}
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
    <a class={`module level-${level}`} href={address({ screen: "pack", pack: number })} data-fresh={freshnessNow(pack, serverGone.value)}>
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

function Limits({ rack: now }: { rack: Rack }) {
  return (
    <Block title={words.rack.limits} of={now}>
      <dl class="pairs">
        <Pair name={words.rack.chargeVoltage}><Num value={now.charge_voltage_limit_v} decimals={1} unit="V" /></Pair>
        <Pair name={words.rack.chargeCurrent}><Num value={now.charge_current_limit_a} decimals={1} unit="A" /></Pair>
        <Pair name={words.rack.dischargeCurrent}><Num value={now.discharge_current_limit_a} decimals={1} unit="A" /></Pair>
        <Pair name={words.rack.dischargeVoltage}><Num value={now.discharge_voltage_limit_v} decimals={1} unit="V" /></Pair>
      </dl>
    </Block>
  );
}

export function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function LinksBlock() {
  return (
    <Block title={words.rack.linksTitle} aside={<a class="aside" href={address({ screen: "links" })}>{words.rack.linksMore}</a>}>
      {links.value.length === 0 ? <p class="empty">{words.links.none}</p> : null}
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
