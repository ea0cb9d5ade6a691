// Settings: the inputs of ParameterSetting, what a pack keeps beside its defaults, and the ceremonies that change them.

import { useComputed, useSignal, type Signal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { NOTHING, draftOf, keep, typedNumber, wantedOf, type Draft } from "../draft";
import { clockTime, DASH } from "../format";
import { serviceWords } from "../i18n/service";
import { settingsWords as text } from "../i18n/settings";
import { language } from "../i18n/language";
import { words } from "../i18n/words";
import { begin, endings, holder, refused, sentenceOf, stop, whyNotPacks } from "../jobs";
import { connection, packNumbers } from "../live";
import { ask, type Changed, type Check, type Drift, type Row, type Table, type Told } from "../service";
import { inLanguage, spokenIn } from "../told";
import { Ceremony, Deeds, JobPanel, NotConnected, PackTabs, packOf, plain, useFirstReading } from "../view/service";
import { Shape } from "../view/state";
import { Block } from "../view/values";
import type { ScreenProps } from "./registry";

const CHECK_AFTER_MS = 250;
const KINDS = ["read", "write", "restore", "undo", "clone", "recover"];

export function title(rest: readonly string[]): string {
  return text.title(packOf(rest));
}

export default function Settings({ rest }: ScreenProps) {
  const number = packOf(rest);
  return <PackSettings key={number} number={number} />;
}

type Dialog = "write" | "restore" | "undo" | "clone" | null;

function PackSettings({ number }: { number: number }) {
  const table = useSignal<Table | null>(null);
  const draft = useSignal<Draft>(NOTHING);
  const check = useSignal<Check | null>(null);
  const dialog = useSignal<Dialog>(null);
  useTable(number, table, draft);
  useCheck(number, table, draft, check);
  const rows = useComputed(() => table.value?.groups.flatMap((group) => group.rows) ?? []);
  const change = (next: Draft) => {
    draft.value = next;
    keep(number, table.value?.serial ?? "", next);
  };
  const labelOf = (key: string) => {
    const group = table.value?.groups.find((one) => one.rows.some((row) => row.key === key));
    return group?.rows.find((row) => row.key === key)?.label ?? key;
  };
  const now = table.value;
  return (
    <div class="screen service-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{text.title(number)}</h1>
        <p class="note">{now?.read_s ? serviceWords.readAt(clockTime(now.read_s), now.serial ?? DASH) : serviceWords.neverRead}</p>
      </header>
      <PackTabs place="settings" number={number} />
      <NotConnected />
      <Warnings number={number} table={now} />
      {now === null ? null : (
        <>
          <Toolbar number={number} table={now} draft={draft.value} change={change} check={check.value} open={(which) => (dialog.value = which)} />
          <JobPanel kinds={KINDS} pack={number} nameOf={labelOf} />
          <Problems check={check.value} rows={rows.value} />
          <div class="setting-groups">
            {now.groups.map((group) => (
              <Group key={group.group} group={group} rows={rows.value} draft={draft.value} change={change} check={check.value} table={now} />
            ))}
          </div>
          <Dialogs number={number} which={dialog} table={now} rows={rows.value} draft={draft.value} check={check.value} change={change} />
        </>
      )}
    </div>
  );
}

/** The table, fetched anew whenever a job has ended; a pack of which nothing is known is read. */
function useTable(number: number, table: Signal<Table | null>, draft: Signal<Draft>): void {
  const connected = connection.value !== null && connection.value.state !== "disconnected";
  const link = connection.value?.link ?? "";
  useEffect(() => {
    if (!connected) return;
    ask<Table>("GET", inLanguage(`api/packs/${number}/parameters`)).then(
      (told) => {
        if (told.serial !== table.peek()?.serial || table.peek() === null) draft.value = draftOf(number, told.serial ?? "");
        table.value = told;
      },
      (problem: unknown) => (refused.value = sentenceOf(problem)),
    );
  }, [number, endings.value, connected, link, language.value]);
  useFirstReading(number, table.value !== null && table.value.read_s === null, `api/packs/${number}/parameters/read`);
}

/** What a change would do, asked of the server a moment after the last key. */
function useCheck(number: number, table: Signal<Table | null>, draft: Signal<Draft>, check: Signal<Check | null>): void {
  const wanted = wantedOf(draft.value);
  const asked = JSON.stringify(wanted);
  const read_s = table.value?.read_s ?? null;
  useEffect(() => {
    if (read_s === null || asked === "{}") {
      check.value = null;
      return undefined;
    }
    let current = true;
    const timer = setTimeout(() => {
      ask<Check>("POST", inLanguage(`api/packs/${number}/parameters/plan`), { values: wanted }).then(
        (told) => {
          if (current) check.value = told;
        },
        (problem: unknown) => (refused.value = sentenceOf(problem)),
      );
    }, CHECK_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [number, asked, read_s, language.value]);
}

/** What a person should know before anything else: settings that somebody else changed, and changes that never ended. */
function Warnings({ number, table }: { number: number; table: Table | null }) {
  if (!table || (table.drift.length === 0 && table.open_changes.length === 0)) return null;
  return (
    <div class="job failed" role="alert">
      <Shape level="warning" />
      <div class="job-body">
        {table.drift.length === 0 ? null : <p><strong>{text.drifted(table.drift.length)}</strong></p>}
        <ul class="plain-list">
          {table.drift.map((one) => <li key={one.key}>{driftTold(one, table)}</li>)}
          {table.open_changes.map((sentence) => <li key={sentence} lang="en">{sentence}</li>)}
        </ul>
        {table.open_changes.length === 0 ? null : (
          <Deeds deeds={[{ name: text.recover, act: () => void begin(`api/packs/${number}/parameters/recover`), why: whyNotPacks("installer") }]} />
        )}
      </div>
    </div>
  );
}

function driftTold(drift: Drift, table: Table): string {
  const group = table.groups.find((one) => one.rows.some((row) => row.key === drift.key));
  const row = group?.rows.find((one) => one.key === drift.key);
  const unit = row?.unit ? `\u202f${row.unit}` : "";
  return text.driftTold({
    setting: row?.label ?? drift.key,
    group: group?.group ?? "",
    now: `${plain(drift.now)}${unit}`,
    written: `${plain(drift.written)}${unit}`,
    who: drift.who,
    change: String(drift.change),
  });
}

function Toolbar(props: {
  number: number;
  table: Table;
  draft: Draft;
  check: Check | null;
  change: (next: Draft) => void;
  open: (which: Dialog) => void;
}) {
  const { number, table, draft, change } = props;
  const writable = table.groups.flatMap((group) => group.rows).filter((row) => row.writable);
  const unread = table.read_s === null ? text.readFirst : null;
  const wrong = draft.ticked.some((key) => Number.isNaN(typedNumber(draft.typed[key])));
  const count = props.check?.changes.length ?? 0;
  const refusal = (props.check?.problems.length ?? 0) > 0 ? text.against : null;
  const nothing = draft.ticked.length === 0 ? text.nothingTicked : wrong ? text.notNumber : count === 0 ? text.nothingNew : null;
  const installer = whyNotPacks("installer");
  return (
    <>
      <Deeds
        label={text.tools}
        deeds={[
          { name: text.read, act: () => void begin(`api/packs/${number}/parameters/read`), why: whyNotPacks("operator") },
          { name: count > 0 ? text.write(count) : text.writeNone, act: () => props.open("write"), why: installer ?? unread ?? nothing ?? refusal, look: "main" },
          { name: serviceWords.stop, act: () => void stop(), why: holder.value === null ? text.nothingRuns : null, plain: true },
          { name: text.selectAll, act: () => change({ ...draft, ticked: writable.map((row) => row.key) }) },
          { name: text.deselectAll, act: () => change({ ...draft, ticked: [] }), why: draft.ticked.length === 0 ? text.nothingTicked : null, plain: true },
          { name: text.clear, act: () => change(NOTHING), why: draft.ticked.length + Object.keys(draft.typed).length === 0 ? text.nothingTyped : null, plain: true },
          { name: text.restore, act: () => props.open("restore"), why: installer ?? unread },
          { name: text.undo, act: () => props.open("undo"), why: installer },
          { name: text.clone, act: () => props.open("clone"), why: installer ?? (packNumbers.value.length < 2 ? text.noOthers : null) },
        ]}
      />
    </>
  );
}

/** A sentence about settings with their names in place of their keys. */
function named(sentence: string, rows: readonly Row[]): string {
  return sentence.replace(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g, (key) => rows.find((row) => row.key === key)?.label ?? key);
}

function Problems({ check, rows }: { check: Check | null; rows: Row[] }) {
  if (!check || check.problems.length === 0) return null;
  return (
    <ul class="remarks" role="alert">
      {check.problems.map((problem) => (
        <li key={problem.sentence}>
          <Shape level="warning" />
          <span {...spokenIn(check, problem.sentence)}>{named(problem.sentence, rows)}</span>
        </li>
      ))}
    </ul>
  );
}

function Group(props: { group: Table["groups"][number]; rows: Row[]; draft: Draft; change: (next: Draft) => void; check: Check | null; table: Table }) {
  const { group, draft, change } = props;
  const keys = group.rows.filter((row) => row.writable).map((row) => row.key);
  const all = keys.length > 0 && keys.every((key) => draft.ticked.includes(key));
  const tick = () => change({ ...draft, ticked: all ? draft.ticked.filter((key) => !keys.includes(key)) : [...new Set([...draft.ticked, ...keys])] });
  const box = keys.length === 0 ? null : (
    <label class="aside tick-group">
      <input type="checkbox" checked={all} onChange={tick} />
      {text.all}
      <span class="hidden"> {group.group}</span>
    </label>
  );
  return (
    <Block title={group.group} aside={box}>
      <ul class="settings">
        {group.rows.map((row) => <Setting key={row.key} row={row} {...props} />)}
      </ul>
    </Block>
  );
}

function Setting({ row, rows, draft, change, check, table }: { row: Row; rows: Row[]; draft: Draft; change: (next: Draft) => void; check: Check | null; table: Table }) {
  const id = useId();
  const ticked = draft.ticked.includes(row.key);
  const typed = draft.typed[row.key] ?? "";
  const value = typedNumber(typed);
  const rounded = ticked ? check?.rounded.find((one) => one.key === row.key) : undefined;
  const problems = (check?.problems ?? []).filter((problem) => ticked && problem.keys.includes(row.key));
  const bad = Number.isNaN(value) || problems.length > 0;
  const tick = () => change({ ...draft, ticked: ticked ? draft.ticked.filter((key) => key !== row.key) : [...draft.ticked, row.key] });
  const type = (event: Event) => {
    const written = (event.currentTarget as HTMLInputElement).value;
    const { [row.key]: _, ...others } = draft.typed;
    // What is typed shall be written: it is ticked, as emptying it unticks.
    const ticks = written === "" ? draft.ticked.filter((key) => key !== row.key) : ticked ? draft.ticked : [...draft.ticked, row.key];
    change({ ticked: ticks, typed: written === "" ? others : { ...others, [row.key]: written } });
  };
  const unit = row.unit ? `\u202f${row.unit}` : "";
  const known = row.value === null ? (table.read_s === null ? DASH : text.notTold) : `${plain(row.value)}${unit}`;
  return (
    <li class={`setting${ticked ? " ticked" : ""}${bad ? " bad" : ""}`}>
      <label class="setting-name">
        <input type="checkbox" checked={ticked} disabled={!row.writable} onChange={tick} aria-describedby={`${id}-more`} />
        <span {...spokenIn(table, row.label)}>{row.label}</span>
      </label>
      <span class={row.differs ? "setting-now differs" : "setting-now"}>
        <span class="hidden">{text.now} </span>
        <span class="num">{known}</span>
        {row.differs ? <span class="hidden"> {text.differs}</span> : null}
      </span>
      <span class="setting-new">
        <input
          type="text"
          inputMode="decimal"
          value={typed}
          disabled={!row.writable}
          placeholder={row.value === null ? "" : plain(row.value)}
          aria-label={text.newValue(row.label, row.unit)}
          aria-describedby={`${id}-more`}
          aria-invalid={bad ? "true" : undefined}
          autocomplete="off"
          onInput={type}
        />
      </span>
      <small class="setting-more" id={`${id}-more`}>
        {row.name === row.label ? null : <span class="maker-name" lang="en">{row.name} · </span>}
        {row.in_dialect ? text.bounds(`${plain(row.default)}${unit}`, plain(row.low), `${plain(row.high)}${unit}`, `${plain(row.step)}${unit}`) : text.notInDialect}
        {row.note ? <span {...spokenIn(table, row.note)}> {row.note}</span> : null}
        {row.reason ? <span {...spokenIn(table, row.reason)}> {text.hard(row.reason)}</span> : null}
        {row.drift ? <b class="warn">{text.driftMark(row.drift.who, `${plain(row.drift.written)}${unit}`)}</b> : null}
        {Number.isNaN(value) ? <b class="warn">{text.notNumber}</b> : null}
        {rounded ? <b>{text.rounded(`${plain(rounded.stored)}${unit}`)}</b> : null}
        {problems.map((problem) => <b key={problem.sentence} class="warn" {...(check ? spokenIn(check, problem.sentence) : {})}>{named(problem.sentence, rows)}</b>)}
      </small>
    </li>
  );
}

function Dialogs(props: {
  number: number;
  which: Signal<Dialog>;
  table: Table;
  rows: Row[];
  draft: Draft;
  check: Check | null;
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
      <Ceremony title={text.writeTitle(number)} verb={text.writeVerb(check.changes.length, number)} act={() => void write()} close={close}>
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
                <td class="num right">{plain(one.old)}</td>
                <td class="num right"><strong>{`→ ${plain(one.new)}\u202f${one.unit}`}</strong></td>
                <td class="num right">{plain(one.default)}</td>
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
