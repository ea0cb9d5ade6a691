// A value as it is shown everywhere: tabular figures, its unit, a dash when it is not known, its age when it is old.

import type { ComponentChildren } from "preact";
import { ageNow, freshnessNow } from "../freshness";
import { DASH, duration, fixed } from "../format";
import { serverGone, silence_s } from "../live";
import type { Battery, Freshness, Known } from "../model";
import { words } from "../i18n/words";

interface NumProps {
  value: Known<number>;
  decimals: number;
  unit?: string;
  signed?: boolean;
}

export function Num({ value, decimals, unit, signed = false }: NumProps) {
  const text = fixed(value, decimals, signed);
  if (text === null) return <Absent />;
  return (
    <span class="num">
      {text}
      {unit ? <span class="unit">{`\u202f${unit}`}</span> : null}
    </span>
  );
}

/** Two ends of a range with one unit: "3329–3334 mV". */
export function Range({ low, high, decimals, unit }: { low: Known<number>; high: Known<number>; decimals: number; unit: string }) {
  const from = fixed(low, decimals);
  const to = fixed(high, decimals);
  if (from === null && to === null) return <Absent />;
  return (
    <span class="num">
      {from ?? DASH}
      <span class="to">–</span>
      {to ?? DASH}
      <span class="unit">{`\u202f${unit}`}</span>
    </span>
  );
}

export function Absent() {
  return (
    <span class="num absent">
      <span aria-hidden="true">{DASH}</span>
      <span class="hidden">{words.notKnown}</span>
    </span>
  );
}

export function Text({ value }: { value: Known<string | number> }) {
  return value == null || value === "" ? <Absent /> : <span class="num">{value}</span>;
}

/** "12 s ago" beside whatever is not fresh; nothing while it is. */
export function Age({ battery }: { battery: Battery | null }) {
  if (!battery || freshnessNow(battery, serverGone.value) === "fresh") return null;
  const age = ageNow(battery.age_s, silence_s.value);
  return age === null ? null : <span class="age">{words.ago(duration(age))}</span>;
}

/** The freshness that the values inside are drawn with. */
export function seen(battery: Battery | null): Freshness {
  return freshnessNow(battery, serverGone.value);
}

/** A titled block of values that all come from one source and are as old as it. */
export function Block(props: {
  title: string;
  of?: Battery | null;
  class?: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  const id = `b-${props.title.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase()}`;
  return (
    <section class={`block ${props.class ?? ""}`} aria-labelledby={id} data-fresh={props.of === undefined ? "fresh" : seen(props.of)}>
      <header class="block-head">
        <h2 id={id}>{props.title}</h2>
        {props.of ? <Age battery={props.of} /> : null}
        {props.aside}
      </header>
      {props.children}
    </section>
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

/** A name and its value, of a list of pairs; the note says more about it in small. */
export function Pair({ name, note, children }: { name: string; note?: string | null; children: ComponentChildren }) {
  return (
    <div>
      <dt>
        {name}
        {note ? <small>{note}</small> : null}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
