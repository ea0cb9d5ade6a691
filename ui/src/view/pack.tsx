// One pack in full, under the headings of the service tool's RealTimeMonitoring.

import { useEffect } from "preact/hooks";
import { packNumbers, packSignal, serverGone, silence_s } from "../live";
import type { Known, Pack, Switches } from "../model";
import { address } from "../route";
import type { Level } from "../status";
import { faultName, nameOf, words } from "../i18n/words";
import { Cells } from "./cells";
import { Charts } from "./chart";
import { Icon } from "./icons";
import { NoSuchPack } from "./nosuchpack";
import { packSentence } from "./packsentence";
import { FrontPanel } from "./panel";
import { Shape, StateMark } from "./state";
import { stripsOf } from "./strips";
import { Absent, Age, Block, Num, Pair, seen, SocBar, Text } from "./values";

/** Where the service tool's other tabs and buttons for a pack are. */
const PLACES_OF_A_PACK = ["settings", "system", "protocol", "logs"] as const;

export function PackScreen({ number }: { number: number }) {
  usePackKeys(number);
  const pack = packSignal(number).value;
  if (!pack) return <NoSuchPack number={number} place="pack" />;
  return (
    <div class="screen pack-screen">
      <PackInFull key={number} pack={pack} number={number} />
    </div>
  );
}

function neighbours(number: number): { before: number | undefined; after: number | undefined } {
  const numbers = packNumbers.value;
  return {
    before: numbers.filter((other) => other < number).at(-1),
    after: numbers.find((other) => other > number),
  };
}

/** Left and right change the pack, Escape returns to the rack; a control that uses the key keeps it. */
function usePackKeys(number: number): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
      const { before, after } = neighbours(number);
      if (event.key === "ArrowLeft" && before !== undefined) location.hash = address("pack", before);
      else if (event.key === "ArrowRight" && after !== undefined) location.hash = address("pack", after);
      else if (event.key === "Escape") location.hash = address("pack");
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [number]);
}

function PackInFull({ pack, number }: { pack: Pack; number: number }) {
  const dark = isDark(pack) && (pack.protections?.length ?? 0) > 0;
  return (
    <>
      <PackHead pack={pack} number={number} />
      <section class="front" aria-label={words.pack.frontPanel} data-fresh={seen(pack)}>
        <FrontPanel pack={pack} number={number} />
        {dark ? <p class="note">{words.pack.darkNote}</p> : null}
      </section>
      <div class="pack-columns">
        <div>
          <Cells pack={pack} />
          <Block title={words.pack.lastMinutes} of={pack} class="chart-block">
            <Charts strips={stripsOf(`pack.${number}`)} group={`pack${number}`} />
          </Block>
        </div>
        <div class="pack-side">
          <Information pack={pack} />
          <Statuses pack={pack} />
          <SwitchStatus pack={pack} />
          <Temperatures pack={pack} />
        </div>
      </div>
    </>
  );
}

function PackHead({ pack, number }: { pack: Pack; number: number }) {
  const { before, after } = neighbours(number);
  return (
    <header class="headline pack-head" data-fresh={seen(pack)}>
      <nav class="pack-nav" aria-label={words.nav.places.pack}>
        <a class="back" href={address("pack")}>
          <Icon name="left" />
          {words.pack.back}
        </a>
        <span class="pack-steps" title={words.pack.keys}>
          <Step number={before} name={words.pack.previous} icon="left" />
          <Step number={after} name={words.pack.next} icon="right" />
        </span>
      </nav>
      <p class="headline-state">
        <StateMark battery={pack} />
        <Age battery={pack} />
        <span class="product-title">{identity(pack)}</span>
      </p>
      <h1 class="sentence" tabIndex={-1}>
        {words.pack.title(number)}
        <span class="pack-sentence">{packSentence(pack, number, serverGone.value, silence_s.value)}</span>
      </h1>
      <ul class="pack-places">
        {PLACES_OF_A_PACK.map((place) => (
          <li key={place}><a href={address(place, number)}>{words.nav.places[place]}</a></li>
        ))}
      </ul>
    </header>
  );
}

/** Who the pack is, as far as it says so. */
function identity(pack: Pack): string {
  const product = [pack.manufacturer, pack.model].filter(Boolean).join(" ");
  const software = pack.software_version ? words.pack.software(pack.software_version) : "";
  const serial = pack.serial ? words.pack.serial(pack.serial) : "";
  return [product, software, serial].filter(Boolean).join(" · ");
}

function Step({ number, name, icon }: { number: number | undefined; name: (number: number) => string; icon: "left" | "right" }) {
  if (number === undefined) return <span class="step none"><Icon name={icon} /></span>;
  return (
    <a class="step" href={address("pack", number)} aria-label={name(number)}>
      <Icon name={icon} />
    </a>
  );
}

function isDark(pack: Pack): boolean {
  const lamps = pack.lamps;
  return lamps?.run === "off" && lamps.alm === "off" && (lamps.soc ?? ["on"]).every((mode) => mode === "off");
}

function Information({ pack }: { pack: Pack }) {
  return (
    <Block title={words.pack.information} of={pack}>
      <dl class="pairs">
        <Pair name={words.pack.current}><Num value={pack.pack_current_a} decimals={1} unit="A" /></Pair>
        <Pair name={words.pack.voltage}><Num value={pack.pack_voltage_v} decimals={1} unit="V" /></Pair>
        <Pair name={words.pack.soc}><SocBar soc={pack.soc_pct} /><Num value={pack.soc_pct} decimals={1} unit="%" /></Pair>
        <Pair name={words.pack.soh}><Num value={pack.soh_pct} decimals={1} unit="%" /></Pair>
        <Pair name={words.pack.remaining}><Num value={pack.remaining_ah} decimals={1} unit="Ah" /></Pair>
        <Pair name={words.pack.full}><Num value={pack.full_ah} decimals={1} unit="Ah" /></Pair>
        <Pair name={words.pack.design}><Num value={pack.design_ah} decimals={1} unit="Ah" /></Pair>
        <Pair name={words.pack.cycles}><Num value={pack.cycles} decimals={0} /></Pair>
      </dl>
    </Block>
  );
}

function Temperatures({ pack }: { pack: Pack }) {
  const cells = pack.temperatures_c ?? [null, null, null, null];
  return (
    <Block title={words.pack.temperatures} of={pack} class="later">
      <dl class="pairs">
        <Pair name={words.pack.maxTemp}><Num value={pack.temperature_max_c} decimals={1} unit="°C" /></Pair>
        <Pair name={words.pack.minTemp}><Num value={pack.temperature_min_c} decimals={1} unit="°C" /></Pair>
        {cells.map((temperature, index) => (
          <Pair key={index} name={words.pack.temp(index + 1)}><Num value={temperature} decimals={1} unit="°C" /></Pair>
        ))}
        <Pair name={words.pack.mosTemp}><Num value={pack.mos_temperature_c} decimals={1} unit="°C" /></Pair>
        <Pair name={words.pack.envTemp}><Num value={pack.env_temperature_c} decimals={1} unit="°C" /></Pair>
      </dl>
    </Block>
  );
}

function Statuses({ pack }: { pack: Pack }) {
  return (
    <Block title={words.pack.statuses} of={pack}>
      <dl class="statuses">
        <StatusRow name={words.pack.alarms} none={words.pack.noAlarm} level="warning" codes={pack.alarms} inWords={nameOf} />
        <StatusRow name={words.pack.protections} none={words.pack.noProtect} level="protection" codes={pack.protections} inWords={nameOf} />
        <StatusRow name={words.pack.faults} none={words.pack.noFault} level="fault" codes={pack.faults} inWords={faultName} />
      </dl>
    </Block>
  );
}

function StatusRow(props: { name: string; none: string; level: Level; codes: Known<string[]>; inWords: (code: string) => string }) {
  const { codes } = props;
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>
        {codes == null ? <Absent /> : codes.length === 0 ? <span class="calm">{props.none}</span> : null}
        {codes != null && codes.length > 0 ? (
          <ul class="reasons">
            {codes.map((code) => (
              <li key={code} class={`level-${props.level}`}>
                <Shape level={props.level} />
                {props.inWords(code)}
              </li>
            ))}
          </ul>
        ) : null}
      </dd>
    </div>
  );
}

function SwitchStatus({ pack }: { pack: Pack }) {
  const names = Object.entries(words.pack.switchNames) as [keyof Switches, string][];
  return (
    <Block title={words.pack.switches} of={pack} class="later">
      <dl class="pairs">
        <Pair name={words.pack.packStatus}><Text value={pack.state ? words.state[pack.state] : null} /></Pair>
        {names.map(([key, name]) => (
          <Pair key={key} name={name}><Switch on={pack.switches?.[key]} /></Pair>
        ))}
      </dl>
    </Block>
  );
}

function Switch({ on }: { on: Known<boolean> }) {
  if (on == null) return <Absent />;
  return <span class={on ? "switch on" : "switch"}>{on ? words.pack.on : words.pack.off}</span>;
}
