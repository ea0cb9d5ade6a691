// What every screen that asks something of packs is made of: which pack, buttons that say why not, the job, the ceremony.

import type { ComponentChildren } from "preact";
import type { Signal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { mayNow } from "../access";
import { clockTime, duration, fixed } from "../format";
import { serviceWords as text } from "../i18n/service";
import { words } from "../i18n/words";
import { begin, holder, newest, refused, stop, wasBegun, watchJobs, whyNotPacks } from "../jobs";
import { connection, packNumbers, serverClock_s } from "../live";
import type { PlaceName } from "../places";
import { address, packIn } from "../route";
import type { Job, JobField } from "../service";
import { spokenIn, tagOf } from "../told";
import { Shape } from "./state";

/** The pack that an address names, or the first there is. */
export function packOf(rest: readonly string[]): number {
  return packIn(rest) ?? packNumbers.value[0] ?? 1;
}

/** The same screen for each pack. */
export function PackTabs({ place, number }: { place: PlaceName; number: number }) {
  const numbers = packNumbers.value.includes(number) ? packNumbers.value : [...packNumbers.value, number].sort((a, b) => a - b);
  return (
    <nav class="pack-tabs" aria-label={text.choosePack}>
      {numbers.map((known) => (
        <a key={known} href={address(place, known)} aria-current={known === number ? "page" : undefined}>
          {words.pack.title(known)}
        </a>
      ))}
    </nav>
  );
}

export interface Deed {
  name: string;
  act: () => void;
  /** Why it cannot be done now. */
  why?: string | null;
  look?: "main" | "danger";
  /** The reason is plain to see, so that it is told only to who points at the button. */
  plain?: boolean;
}

/** Buttons; those that cannot be pressed now stay reachable and say why. */
export function Deeds({ deeds, label }: { deeds: Deed[]; label?: string }) {
  const id = useId();
  const reasons = [...new Set(deeds.flatMap((deed) => (deed.why ? [deed.why] : [])))];
  const shown = (reason: string) => deeds.some((deed) => deed.why === reason && !deed.plain);
  const whole = (reason: string) => deeds.every((deed) => deed.why === reason);
  return (
    <div class="deeds" role="group" {...(label ? { "aria-label": label } : {})}>
      <div class="deed-row">
        {deeds.map((deed, place) => (
          <button
            key={place} // a name may tell how many values are written: the button is the same, and keeps the focus
            type="button"
            class={deed.look ?? ""}
            aria-disabled={deed.why ? "true" : undefined}
            title={deed.why ?? undefined}
            {...(deed.why ? { "aria-describedby": `${id}-${reasons.indexOf(deed.why)}` } : {})}
            onClick={() => {
              if (!deed.why) deed.act();
            }}
          >
            {deed.name}
          </button>
        ))}
      </div>
      {reasons.length === 0 ? null : (
        <ul class="why">
          {reasons.map((reason, index) => (
            <li key={reason} id={`${id}-${index}`} class={shown(reason) ? undefined : "hidden"}>
              {whole(reason) ? reason : text.whyFor(deeds.filter((deed) => deed.why === reason).map((deed) => deed.name.replace("…", "")), reason)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/**
 * Reads a pack of which nothing is known yet, once, as soon as it answers and the line is free. Not over the end of a
 * job that went wrong: that stands until somebody has seen it.
 */
export function useFirstReading(number: number, unread: boolean, path: string): void {
  const link = connection.value?.link ?? "";
  const last = newest.value;
  const wrong = last !== null && last.pack === number && (last.state === "failed" || last.state === "stopped");
  const can = unread && !wrong && packNumbers.value.includes(number) && mayNow("operator") && whyNotPacks("operator") === null;
  useEffect(() => {
    if (can && !wasBegun(path)) void begin(path);
  }, [can, link, path]);
}

/** Says that nothing is connected, and leads to where that is changed. */
export function NotConnected() {
  if (connection.value?.state !== "disconnected") return null;
  return (
    <p class="notice-line">
      <Shape level="absent" />
      <span>
        {text.notConnected} <a href={address("connect")}>{text.toConnect}</a>
      </span>
    </p>
  );
}

/** How the job stands that runs, how the last one of these kinds ended for this pack, and whatever could not begin. */
export function JobPanel({ kinds, pack, nameOf }: { kinds: readonly string[]; pack?: number; nameOf?: (key: string) => string }) {
  useEffect(watchJobs, []);
  const last = newest.value;
  const concerns = last !== null && (last.state === "running" || (kinds.includes(last.kind) && [undefined, null, last.pack].includes(pack)));
  const job = concerns ? last : null;
  const other = holder.value;
  return (
    <div class="job-panel" aria-live="polite">
      {refused.value === null ? null : (
        <div class="job failed">
          <Shape level="warning" />
          <p lang={refused.value.lang}>{refused.value.text}</p>
          <button type="button" class="quiet" onClick={() => closed(refused)}>{text.dismiss}</button>
        </div>
      )}
      {other && other.job !== job?.job ? <p class="job" lang={tagOf(other.spoken ?? "en")}>{`${other.who} ${other.title}.`}</p> : null}
      {job === null ? null : <JobShown job={job} {...(nameOf ? { nameOf } : {})} />}
    </div>
  );
}

/** Who does what: in the language of the page where it has words for the kind of job. */
function JobTitle({ job }: { job: Job }) {
  const own = text.does(job.kind, job.pack);
  return own ? <span key="own">{text.by(job.who, own)}</span> : <span key="told" {...spokenIn(job, job.title)}>{`${job.who} ${job.title}.`}</span>;
}

/** Takes a message away, and the keyboard to the top of the screen: the button that was pressed is gone with it. */
function closed<T>(message: Signal<T | null>): void {
  message.value = null;
  document.querySelector<HTMLElement>("main h1")?.focus();
}

function JobShown({ job, nameOf }: { job: Job; nameOf?: (key: string) => string }) {
  const runs = job.state === "running";
  const now = serverClock_s.value;
  const ended = job.state === "done" ? text.did(job.kind, job.pack, job.fields.length) : undefined;
  return (
    <div class={`job ${job.state}`}>
      <Shape level={runs ? "notice" : job.state === "done" ? "nominal" : "warning"} />
      <div class="job-body">
        <p class="job-head">
          <strong>{text.jobState[job.state]}</strong>
          {runs ? (
            <JobTitle job={job} />
          ) : (
            <>
              {ended ? <span key="own">{ended}</span> : <span key="told" {...spokenIn(job, job.sentence)}>{job.sentence}</span>}
              {job.ended_s === null ? null : (
                <small>{now !== null && now - job.ended_s >= 60 ? words.ago(duration(now - job.ended_s)) : clockTime(job.ended_s)}</small>
              )}
            </>
          )}
        </p>
        {runs ? (
          <>
            <progress max={job.of || 1} {...(job.of > 0 ? { value: job.done } : {})} aria-label={text.progress} />
            <p class="note">
              {text.does(job.kind, job.pack) ? null : <span {...spokenIn(job, job.doing)}>{job.doing}{job.of > 0 ? " · " : ""}</span>}
              {job.of > 0 ? text.steps(fixed(job.done, 0) ?? "", fixed(job.of, 0) ?? "") : ""}
            </p>
          </>
        ) : null}
        {job.notes.length === 0 || job.kind === "scan" ? null : (
          <ul class="plain-list note">{job.notes.map((note) => <li key={note} {...spokenIn(job, note)}>{note}</li>)}</ul>
        )}
        {job.fields.length === 0 ? null : <Fields fields={job.fields} {...(nameOf ? { nameOf } : {})} open={job.state !== "done"} />}
      </div>
      {runs ? (
        <button type="button" class="danger" onClick={() => void stop()}>{text.stop}</button>
      ) : (
        <button type="button" class="quiet" onClick={() => closed(newest)}>{text.dismiss}</button>
      )}
    </div>
  );
}

function Fields({ fields, nameOf = (key) => key, open }: { fields: JobField[]; nameOf?: (key: string) => string; open: boolean }) {
  const several = new Set(fields.map((field) => field.pack)).size > 1;
  return (
    <details open={open}>
      <summary>{text.values(fields.length)}</summary>
      <ul class="job-fields">
        {fields.map((field) => (
          <li key={`${field.pack} ${field.key}`} class={field.state}>
            <span>{several ? `${words.pack.title(field.pack)} · ${nameOf(field.key)}` : nameOf(field.key)}</span>
            <span class="num">{text.fromTo(plain(field.old), plain(field.new))}</span>
            <span class="field-state">{text.fieldState[field.state]}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A setting as it is written: no more decimals than it has. */
export function plain(value: number | null | undefined): string {
  if (value == null) return "–";
  const decimals = Number.isInteger(value) ? 0 : Math.min(3, (String(Math.round(value * 1000) / 1000).split(".")[1] ?? "").length);
  return fixed(value, decimals) ?? "–";
}

/** A button that new values have drawn anew meanwhile is found again by what it says. */
function nowFor(before: HTMLElement): HTMLElement | null {
  if (before.isConnected) return before;
  const buttons = [...document.querySelectorAll<HTMLElement>("main button")];
  return buttons.find((button) => button.textContent === before.textContent) ?? document.getElementById("content");
}

/** What comes before something is changed: what it is, and one button that says the verb. */
export function Ceremony(props: {
  title: string;
  verb: string;
  why?: string | null;
  danger?: boolean;
  act: () => void;
  close: () => void;
  children: ComponentChildren;
}) {
  const place = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = place.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) nowFor(before)?.focus();
    };
  }, []);
  const submit = (event: Event) => {
    event.preventDefault();
    if (props.why) return;
    props.act();
    props.close();
  };
  return (
    <dialog class="ceremony" ref={place} aria-labelledby={id} onCancel={(event) => { event.preventDefault(); props.close(); }}>
      <form method="dialog" onSubmit={submit}>
        <h2 id={id}>{props.title}</h2>
        <div class="ceremony-body">{props.children}</div>
        {props.why ? <p class="why" role="status">{props.why}</p> : null}
        <div class="deed-row end">
          <button type="button" onClick={props.close}>{text.cancel}</button>
          <button type="submit" class={props.danger ? "danger" : "main"} aria-disabled={props.why ? "true" : undefined}>
            {props.verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}
