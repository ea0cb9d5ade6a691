// What comes before settings are changed: old and new beside each other, and one button that says what it does.

import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { NOTHING, type Draft } from "../draft";
import { clockTime } from "../format";
import { settingsWords as text } from "../i18n/settings";
import { words } from "../i18n/words";
import { begin, refused, sentenceOf } from "../jobs";
import { packNumbers } from "../live";
import { ask, type Changed, type Check, type Row, type Table, type Told } from "../service";
import { spokenIn } from "../told";
import { Ceremony, plain } from "./service";

export type Dialog = "write" | "restore" | "undo" | "clone" | null;

export function Dialogs(props: {
  number: number;
  which: Signal<Dialog>;
  table: Table;
  rows: Row[];
  draft: Draft;
  check: Check | null;
  unsettled: string | null;
  change: (next: Draft) => void;
}) {
  const { number, which, check, draft, rows, change } = props;
  const close = () => (which.value = null);
  const path = `api/packs/${number}/parameters`;
  if (which.value === "write" && check) {
    const write = async () => {
      const shown = Object.fromEntries(check.changes.flatMap(({ key, old }) => (old === null ? [] : [[key, old]])));
      const values = Object.fromEntries(check.changes.map(({ key, new: next }) => [key, next]));
      const ended = await begin(`${path}/write`, { values, shown });
      if (ended?.state === "done") change(NOTHING);
    };
    return (
      <Ceremony title={text.writeTitle(number)} verb={text.writeVerb(check.changes.length, number)} why={props.unsettled} act={() => void write()} close={close}>
        <Changes changes={check.changes} rows={rows} told={props.table} />
        <p class="note">{text.writeNote}</p>
      </Ceremony>
    );
  }
  if (which.value === "restore") return <Restore number={number} told={props.table} rows={rows} ticked={draft.ticked} close={close} />;
  if (which.value === "undo") return <Undo number={number} told={props.table} serial={props.table.serial} rows={rows} close={close} />;
  if (which.value === "clone") return <Clone number={number} close={close} />;
  return null;
}

function withUnit(value: number | null, unit: string): string {
  return value === null || unit === "" ? plain(value) : `${plain(value)}\u202f${unit}`;
}

/** What will change: old, new, default, and the limit nobody may pass. */
function Changes({ changes, rows, told }: { changes: readonly Omit<Changed, "group">[]; rows: Row[]; told: Told }) {
  return (
    <div class="scroll-table" tabIndex={0} role="region" aria-label={text.changes}>
      <table class="tool-table">
        <thead>
          <tr>
            <th scope="col">{text.setting}</th>
            <th scope="col" class="right">{text.old}</th>
            <th scope="col" class="right">{text.new}</th>
            <th scope="col" class="right">{text.default}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((one) => {
            const reason = rows.find((row) => row.key === one.key)?.reason;
            return (
              <tr key={one.key}>
                <th scope="row" class="wrap">
                  <span {...spokenIn(told, one.label)}>{one.label}</span>
                  {reason ? <small class="note" {...spokenIn(told, reason)}> {reason}</small> : null}
                </th>
                <td class="num right">{withUnit(one.old, one.unit)}</td>
                <td class="num right"><strong>{`→ ${withUnit(one.new, one.unit)}`}</strong></td>
                <td class="num right">{withUnit(one.default, one.unit)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Restore({ number, told, rows, ticked, close }: { number: number; told: Told; rows: Row[]; ticked: readonly string[]; close: () => void }) {
  const only = useSignal(false);
  const chosen = rows.filter((row) => row.writable && (!only.value || ticked.includes(row.key)));
  const changes = chosen
    .filter((row) => row.differs)
    .map(({ key, label, unit, value, default: factory }) => ({ key, label, unit, old: value, new: factory, default: factory }));
  const restore = () => void begin(`api/packs/${number}/parameters/restore`, { keys: only.value ? chosen.map((row) => row.key) : [] });
  return (
    <Ceremony
      title={text.restoreTitle(number)}
      verb={text.restoreVerb(changes.length, number)}
      why={changes.length === 0 ? text.areDefaults : null}
      act={restore}
      close={close}
    >
      {ticked.length === 0 ? null : (
        <label class="tick">
          <input type="checkbox" checked={only.value} onChange={() => (only.value = !only.value)} />
          {text.onlyTicked(ticked.length)}
        </label>
      )}
      {changes.length === 0 ? null : <Changes changes={changes} rows={rows} told={told} />}
    </Ceremony>
  );
}

interface Entry {
  number: number;
  kind: string;
  who: string;
  at_s: number;
  old: Record<string, number | null>;
  new: Record<string, number | null>;
  outcome: string | null;
  undoes: number | null;
}

/** The last change that was made from here and holds, from the journal. */
function Undo({ number, told, serial, rows, close }: { number: number; told: Told; serial: string | null; rows: Row[]; close: () => void }) {
  const found = useSignal<Entry | null | undefined>(undefined);
  useEffect(() => {
    ask<Entry[]>("GET", `api/journal?pack=${number}${serial ? `&serial=${encodeURIComponent(serial)}` : ""}`).then(
      (entries) => {
        const undone = new Set(entries.filter((entry) => entry.outcome === "done").map((entry) => entry.undoes));
        found.value = entries.find((entry) => entry.outcome === "done" && ["write", "restore", "clone"].includes(entry.kind) && !undone.has(entry.number)) ?? null;
      },
      (problem: unknown) => (refused.value = sentenceOf(problem)),
    );
  }, []);
  const entry = found.value;
  const changes = Object.keys(entry?.new ?? {}).flatMap((key) => {
    const row = rows.find((one) => one.key === key);
    const before = entry?.old[key];
    return row && before != null ? [{ key, label: row.label, unit: row.unit, old: entry?.new[key] ?? null, new: before, default: row.default }] : [];
  });
  return (
    <Ceremony
      title={text.undoTitle(number)}
      verb={text.undoVerb(changes.length)}
      why={entry === null ? text.nothingToUndo : entry === undefined ? words.server.waiting : null}
      act={() => void begin(`api/packs/${number}/parameters/undo`)}
      close={close}
    >
      {entry ? <p>{text.undoWhat(String(entry.number), entry.who, clockTime(entry.at_s))}</p> : null}
      {changes.length === 0 ? null : <Changes changes={changes} rows={rows} told={told} />}
    </Ceremony>
  );
}

function Clone({ number, close }: { number: number; close: () => void }) {
  const others = packNumbers.value.filter((other) => other !== number);
  const chosen = useSignal<readonly number[]>(others);
  const flip = (other: number) => (chosen.value = chosen.value.includes(other) ? chosen.value.filter((one) => one !== other) : [...chosen.value, other]);
  return (
    <Ceremony
      title={text.cloneTitle(number)}
      verb={text.cloneVerb(chosen.value.length)}
      why={chosen.value.length === 0 ? text.chooseTargets : null}
      act={() => void begin(`api/packs/${number}/parameters/clone`, { to: [...chosen.value].sort((a, b) => a - b) })}
      close={close}
    >
      <p>{text.cloneNote(number)}</p>
      <fieldset class="choice-list">
        <legend>{text.cloneTo}</legend>
        {others.map((other) => (
          <label key={other} class="tick">
            <input type="checkbox" checked={chosen.value.includes(other)} onChange={() => flip(other)} />
            {words.pack.title(other)}
          </label>
        ))}
      </fieldset>
    </Ceremony>
  );
}
