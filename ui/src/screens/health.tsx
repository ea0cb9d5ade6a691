// Health: what each pack can still do, how surely that is known, and what it has been through.

import { fixed, measured } from "../format";
import { healthWords as text } from "../i18n/health";
import { words } from "../i18n/words";
import { knownPacks, rack } from "../live";
import type { Health as Learned, Pack, Rack } from "../model";
import { address } from "../route";
import { HealthTrend } from "../view/healthtrend";
import { Waiting } from "../view/headline";
import { Block, Num, Pair, seen } from "../view/values";

export default function Health() {
  const now = rack.value;
  if (!now) return <Waiting />;
  return (
    <div class="screen health-screen">
      <header class="headline" data-fresh={seen(now)}>
        <h1 class="sentence" tabIndex={-1}>
          {headline(now, knownPacks.value.map(([, pack]) => pack))}
        </h1>
      </header>
      <div class="balance-grid">
        {knownPacks.value.map(([number, pack]) => <PackHealth key={number} number={number} pack={pack} />)}
      </div>
    </div>
  );
}

/** What is only taken from the label is not told as if it had been found out. */
export function headline(rack: Rack, packs: readonly Pack[]): string {
  if (rack.soh_pct == null) return text.unknown;
  const assumed = packs.length > 0 && packs.every(({ health }) => health != null && health.capacity_swings === 0);
  return assumed ? text.assumed : text.headline(measured(rack.soh_pct, 0, "%"));
}

function PackHealth({ number, pack }: { number: number; pack: Pack }) {
  const known = pack.health;
  return (
    <Block
      title={words.pack.title(number)}
      of={pack}
      aside={<a class="aside" href={address("pack", number)}>{pack.serial ?? words.pack.title(number)}</a>}
    >
      <dl class="pairs">
        <Pair name={text.soh}><Num value={pack.soh_pct} decimals={1} unit="%" /></Pair>
        <Pair name={text.rated}><Num value={pack.design_ah} decimals={1} unit="Ah" /></Pair>
        {known ? <Gauge known={known} /> : <Pair name={words.pack.cycles}><Num value={pack.cycles} decimals={0} /></Pair>}
      </dl>
      <h3 class="sub-head">{text.trend}</h3>
      <HealthTrend pack={number} serial={pack.serial ?? null} />
      <p class="block-foot">
        <a href={`api/passport.pdf?pack=${number}`} hreflang="en" download aria-label={text.passportPdfOf(words.pack.title(number))}>{text.passportPdf}</a>
        {" · "}
        <a href={`api/passport?pack=${number}`} download={`passport-${pack.serial ?? number}.json`} aria-label={text.passportOf(words.pack.title(number))}>JSON</a>
      </p>
    </Block>
  );
}

/** What the pack's own gauge has learned, each value with its doubt and what it rests on. */
function Gauge({ known }: { known: Learned }) {
  const one = (value: number) => fixed(value, 1) ?? "";
  const band = text.capacityBand(one(known.capacity_low_ah), one(known.capacity_high_ah));
  const basis = known.capacity_swings > 0 ? text.swings(known.capacity_swings) : text.label;
  const moved = text.cyclesNote(measured(known.charged_ah, 0, "Ah"), measured(known.discharged_ah, 0, "Ah"));
  const growth = known.resistance_growth_pct == null ? "" : ` · ${text.growth(`${fixed(known.resistance_growth_pct, 1, true)}\u00a0%`)}`;
  const steps = known.resistance_steps > 0 ? `${text.steps(known.resistance_steps)}${growth}` : text.noSteps;
  const events = Object.entries(known.events);
  return (
    <>
      <Pair name={text.capacity} note={`${band} · ${basis}`}><Num value={known.capacity_ah} decimals={1} unit="Ah" /></Pair>
      <Pair name={text.cycles} note={moved}><Num value={known.full_cycles} decimals={1} /></Pair>
      <Pair name={text.resistance} note={`${text.resistanceNote(fixed(known.resistance_sigma, 2) ?? "")} · ${steps}`}>
        <Num value={known.resistance_ratio} decimals={2} unit="×" />
      </Pair>
      <Pair name={text.events} {...(events.length > 0 ? { note: events.map(([name, times]) => text.times(text.eventNames[name] ?? name, times)).join(" · ") } : {})}>
        {events.length === 0 ? <span class="calm">{text.noEvents}</span> : null}
      </Pair>
    </>
  );
}
