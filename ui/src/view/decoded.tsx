// Values as a frame carries them, by public key: named, with units, in the reader's language.

import { duration, fixed } from "../format";
import { gatewayWords as text } from "../i18n/gateway";
import { faultName, nameOf, words } from "../i18n/words";
import type { Values } from "../model";
import { Absent } from "./values";

const UNITS: Record<string, string> = { v: "V", mv: "mV", a: "A", ah: "Ah", w: "W", wh: "Wh", kwh: "kWh", c: "°C", pct: "%", s: "s" };
const DECIMALS: Record<string, number> = { V: 2, A: 1, Ah: 1, "°C": 1 };

export function unitOf(key: string): string {
  return UNITS[key.split("_").at(-1) ?? ""] ?? "";
}

/** The name of a value; a key that the page does not know is shown as it is. */
export function KeyName({ of: key }: { of: string }) {
  const own = text.key[key];
  return own === undefined ? <span lang="en">{key.replaceAll("_", " ")}</span> : <>{own}</>;
}

/** One decoded value. */
export function Decoded({ of: key, value }: { of: string; value: unknown }) {
  if (value === null || value === undefined) return <Absent />;
  if (typeof value === "boolean") return <span class="num">{value ? text.yes : text.no}</span>;
  if (typeof value === "number") return <span class="num">{withUnit(value, unitOf(key))}</span>;
  if (Array.isArray(value)) {
    const name = key === "faults" ? faultName : nameOf;
    return <span class="num">{value.length === 0 ? text.nothing : words.listAnd(value.map((code) => name(String(code))))}</span>;
  }
  return <span class="num">{typeof value === "object" ? JSON.stringify(value) : String(value)}</span>;
}

/** "56.0 V"; seconds as people say them. */
export function withUnit(value: number, unit: string): string {
  if (unit === "s") return duration(value);
  const text = fixed(value, DECIMALS[unit] ?? (Number.isInteger(value) ? 0 : 2)) ?? "";
  return unit === "" ? text : `${text}\u00a0${unit}`;
}

export function DecodedList({ values }: { values: Values }) {
  return (
    <ul class="decoded">
      {Object.entries(values).map(([key, value]) => (
        <li key={key}>
          <span><KeyName of={key} /></span>
          <Decoded of={key} value={value} />
        </li>
      ))}
    </ul>
  );
}
