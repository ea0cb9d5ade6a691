// Numbers and times in the reader's own format, with as many decimals as the service tool shows, always.

import type { Known } from "./model";

export const DASH = "–";

let locale: string | undefined;
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** The reader's locale is the browser's; tests name one. */
export function useLocale(name: string | undefined): void {
  locale = name;
  formats.clear();
}

/** Fixed decimals; `null` for what is not known, so that nobody can take it for 0. */
export function fixed(value: Known<number>, decimals: number, signed = false): string | null {
  if (value == null || !Number.isFinite(value)) return null;
  const key = `n${decimals}${signed}`;
  let format = formats.get(key) as Intl.NumberFormat | undefined;
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      useGrouping: "min2",
      signDisplay: signed ? "exceptZero" : "auto",
    });
    formats.set(key, format);
  }
  const scale = 10 ** decimals;
  const rounded = Math.round(value * scale) / scale;
  return format.format(rounded === 0 ? 0 : rounded).replace("-", "−");
}

/** The same with its unit, for sentences; the dash for what is not known. */
export function measured(value: Known<number>, decimals: number, unit: string): string {
  const text = fixed(value, decimals);
  return text === null ? DASH : `${text}\u00a0${unit}`;
}

/** Keeps a number and its unit on one line, in sentences that others wrote. */
export function unbroken(sentence: string): string {
  return sentence.replace(/(\d) (?=[A-Za-z%°])/g, "$1\u00a0");
}

function dateFormat(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  let format = formats.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) {
    format = new Intl.DateTimeFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}

/** Time of day to the second. */
export function clockTime(unix_s: number): string {
  return dateFormat("s", { timeStyle: "medium" }).format(unix_s * 1000);
}

/** Time of day to the minute, for axes. */
export function clockMinute(unix_s: number): string {
  return dateFormat("m", { timeStyle: "short" }).format(unix_s * 1000);
}

/** Day and month, for axes over days and lists of the past. */
export function dayMonth(unix_s: number): string {
  return dateFormat("d", { day: "numeric", month: "short" }).format(unix_s * 1000);
}

/** `2021-12-22 09:09:10`, as the service tool's own clock is written. */
export function toolClock(unix_s: number): string {
  const date = new Date(unix_s * 1000);
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** "12 s", "4 min", "3 h": enough to judge an age by. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${fixed(Math.floor(seconds), 0)}\u00a0s`;
  if (seconds < 3600) return `${fixed(Math.floor(seconds / 60), 0)}\u00a0min`;
  if (seconds < 72 * 3600) return `${fixed(Math.floor(seconds / 3600), 0)}\u00a0h`;
  return `${fixed(Math.floor(seconds / 86_400), 0)}\u00a0d`;
}
