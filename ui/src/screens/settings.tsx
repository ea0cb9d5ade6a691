// Settings: the inputs of ParameterSetting, what a pack keeps beside its defaults, and the ceremonies that change them.

import { useComputed, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { NOTHING, keep, typedNumber, type Draft } from "../draft";
import { clockTime, DASH } from "../format";
import { serviceWords } from "../i18n/service";
import { settingsWords as text } from "../i18n/settings";
import { begin, holder, stop, whyNotPacks } from "../jobs";
import { packNumbers } from "../live";
import { useCheck, useTable } from "../packsettings";
import type { Check, Drift, Row, Table } from "../service";
import { spokenIn } from "../told";
import { hasPack, NoSuchPack } from "../view/nosuchpack";
import { Deeds, JobPanel, NotConnected, PackTabs, packOf, plain } from "../view/service";
import { Dialogs, type Dialog } from "../view/settingdialogs";
import { Shape } from "../view/state";
import { Block } from "../view/values";
import type { ScreenProps } from "./registry";

const KINDS = ["read", "write", "restore", "undo", "clone", "recover"];

export function title(rest: readonly string[]): string {
  return text.title(packOf(rest));
}

export default function Settings({ rest }: ScreenProps) {
  const number = packOf(rest);
  return hasPack(number) ? <PackSettings key={number} number={number} /> : <NoSuchPack number={number} place="settings" />;
}

function PackSettings({ number }: { number: number }) {
  const table = useSignal<Table | null>(null);
  const draft = useSignal<Draft>(NOTHING);
  const dialog = useSignal<Dialog>(null);
  const fetched = useTable(number, table, draft);
  const { check, settled } = useCheck(number, table, draft);
  // What is shown may be older than the last job, or than the last key: nothing is written by it meanwhile.
  const unsettled = fetched && settled ? null : text.checking;
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
          <Toolbar number={number} table={now} draft={draft.value} change={change} check={check.value} unsettled={unsettled} open={(which) => (dialog.value = which)} />
          <JobPanel kinds={KINDS} pack={number} nameOf={labelOf} />
          <Problems check={check.value} rows={rows.value} />
          <div class="setting-groups">
            {now.groups.map((group) => (
              <Group key={group.group} group={group} rows={rows.value} draft={draft.value} change={change} check={check.value} table={now} />
            ))}
          </div>
          <Dialogs number={number} which={dialog} table={now} rows={rows.value} draft={draft.value} check={check.value} unsettled={unsettled} change={change} />
        </>
      )}
    </div>
  );
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
          {table.open_changes.map((sentence) => <li key={sentence} {...spokenIn(table, sentence)}>{sentence}</li>)}
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
  unsettled: string | null;
  change: (next: Draft) => void;
  open: (which: Dialog) => void;
}) {
  const { number, table, draft, unsettled, change } = props;
  const writable = table.groups.flatMap((group) => group.rows).filter((row) => row.writable);
  const unread = table.read_s === null ? text.readFirst : null;
  const wrong = draft.ticked.some((key) => Number.isNaN(typedNumber(draft.typed[key])));
  const count = props.check?.changes.length ?? 0;
  const refusal = (props.check?.problems.length ?? 0) > 0 ? text.against : null;
  const nothing = draft.ticked.length === 0 ? text.nothingTicked : wrong ? text.notNumber : count === 0 ? text.nothingNew : null;
  const installer = whyNotPacks("installer");
  const write = installer ?? unread ?? (wrong ? text.notNumber : unsettled) ?? nothing ?? refusal;
  const reset = installer ?? unread ?? unsettled;
  return (
    <>
      <Deeds
        label={text.tools}
        deeds={[
          { name: text.read, act: () => void begin(`api/packs/${number}/parameters/read`), why: whyNotPacks("operator") },
          { name: count > 0 ? text.write(count) : text.writeNone, act: () => props.open("write"), why: write, look: "main", plain: write !== null && write === unsettled },
          { name: serviceWords.stop, act: () => void stop(), why: holder.value === null ? text.nothingRuns : null, plain: true },
          { name: text.selectAll, act: () => change({ ...draft, ticked: writable.map((row) => row.key) }) },
          { name: text.deselectAll, act: () => change({ ...draft, ticked: [] }), why: draft.ticked.length === 0 ? text.nothingTicked : null, plain: true },
          { name: text.clear, act: () => change(NOTHING), why: draft.ticked.length + Object.keys(draft.typed).length === 0 ? text.nothingTyped : null, plain: true },
          { name: text.restore, act: () => props.open("restore"), why: reset, plain: reset !== null && reset === unsettled },
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
