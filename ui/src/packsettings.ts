// The settings of a pack as the page knows them, what a change to them would do, and whether either is still so.

import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { draftOf, wantedOf, type Draft } from "./draft";
import { language } from "./i18n/language";
import { endings, refused, sentenceOf } from "./jobs";
import { connection } from "./live";
import { ask, type Check, type Table } from "./service";
import { inLanguage } from "./told";
import { useFirstReading } from "./view/service";

const CHECK_AFTER_MS = 250;

/** The table, fetched anew whenever a job has ended; tells whether it is as new as that. A pack of which nothing is known is read. */
export function useTable(number: number, table: Signal<Table | null>, draft: Signal<Draft>): boolean {
  const connected = connection.value !== null && connection.value.state !== "disconnected";
  const link = connection.value?.link ?? "";
  const answered = useSignal(-1);
  const after = endings.value;
  useEffect(() => {
    if (!connected) return undefined;
    let current = true;
    ask<Table>("GET", inLanguage(`api/packs/${number}/parameters`)).then(
      (told) => {
        if (!current) return;
        if (told.serial !== table.peek()?.serial || table.peek() === null) draft.value = draftOf(number, told.serial ?? "");
        table.value = told;
        answered.value = after;
      },
      (problem: unknown) => {
        if (!current) return;
        refused.value = sentenceOf(problem);
        answered.value = after; // what is shown may be old; the server refuses a change that was made by old values
      },
    );
    return () => {
      current = false;
    };
  }, [number, after, connected, link, language.value]);
  useFirstReading(number, table.value !== null && table.value.read_s === null, `api/packs/${number}/parameters/read`);
  return answered.value === after;
}

/** What a change would do, asked of the server a moment after the last key, and whether that is known of what stands there now. */
export function useCheck(number: number, table: Signal<Table | null>, draft: Signal<Draft>): { check: Signal<Check | null>; settled: boolean } {
  const check = useSignal<Check | null>(null);
  const checked = useSignal<{ table: Table; asked: string } | null>(null);
  const wanted = wantedOf(draft.value);
  const asked = JSON.stringify(wanted);
  const now = table.value;
  const needed = now !== null && now.read_s !== null && asked !== "{}";
  useEffect(() => {
    if (!needed) {
      check.value = null;
      return undefined;
    }
    let current = true;
    const timer = setTimeout(() => {
      ask<Check>("POST", inLanguage(`api/packs/${number}/parameters/plan`), { values: wanted }).then(
        (told) => {
          if (!current) return;
          check.value = told;
          checked.value = { table: now, asked };
        },
        (problem: unknown) => (refused.value = sentenceOf(problem)),
      );
    }, CHECK_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [number, asked, now, language.value]);
  return { check, settled: !needed || (checked.value?.table === now && checked.value.asked === asked) };
}
