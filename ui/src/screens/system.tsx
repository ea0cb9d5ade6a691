// System: who a pack is, its clock, and everything of it that can be switched.

import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { clockTime, duration, fixed, toolClock } from "../format";
import { serviceWords } from "../i18n/service";
import { systemWords as text } from "../i18n/system";
import { words } from "../i18n/words";
import { begin, whyNotPacks } from "../jobs";
import { serverClock_s } from "../live";
import { useSystem } from "../packsystem";
import type { SystemSettings } from "../service";
import { hasPack, NoSuchPack } from "../view/nosuchpack";
import { Ceremony, Deeds, JobPanel, NotConnected, PackTabs, packOf } from "../view/service";
import { Block, Num, Pair, Text } from "../view/values";
import type { ScreenProps } from "./registry";

type Control = SystemSettings["controls"][number];

export function title(rest: readonly string[]): string {
  return text.title(packOf(rest));
}

export default function System({ rest }: ScreenProps) {
  const number = packOf(rest);
  return hasPack(number) ? <PackSystem key={number} number={number} wanted={rest[1] ?? null} /> : <NoSuchPack number={number} place="system" />;
}

/** `wanted`: the control that the address leads to. */
function PackSystem({ number, wanted }: { number: number; wanted: string | null }) {
  const told = useSystem(number).value;
  const known = told !== null;
  useEffect(() => {
    if (!known || wanted === null) return undefined;
    // A screen that somebody has just come to begins at its top.
    const timer = setTimeout(() => {
      const place = document.getElementById(`control-${wanted}`);
      place?.scrollIntoView({ block: "center" });
      place?.focus({ preventScroll: true });
    });
    return () => clearTimeout(timer);
  }, [known, wanted]);
  return (
    <div class="screen service-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{text.title(number)}</h1>
        <p class="note">{told ? serviceWords.readAt(clockTime(told.read_s), told.serial) : serviceWords.neverRead}</p>
      </header>
      <PackTabs place="system" number={number} />
      <NotConnected />
      <Deeds deeds={[{ name: text.read, act: () => void begin(`api/packs/${number}/system/read`), why: whyNotPacks("operator") }]} />
      <JobPanel kinds={["read_system", "control", "clock", "limiter"]} pack={number} />
      {told === null ? null : (
        <div class="connect-columns">
          <div class="account-parts">
            <Identity told={told} />
            <Clock number={number} told={told} />
            {told.limiter ? <LimiterStart number={number} limiter={told.limiter} /> : null}
          </div>
          <div class="account-parts">
            <Controls number={number} controls={told.controls.filter((one) => one.typed === null)} />
            <Switches number={number} controls={told.controls.filter((one) => one.typed !== null)} />
          </div>
        </div>
      )}
    </div>
  );
}

function Identity({ told }: { told: SystemSettings }) {
  const { identity } = told;
  const number = (key: string) => (typeof identity[key] === "number" ? identity[key] : null);
  return (
    <Block title={text.identity}>
      <dl class="pairs">
        {(["manufacturer", "model", "serial", "software_version", "hardware_version", "part_number"] as const).map((key) => (
          <Pair key={key} name={text.identityNames[key]}><Text value={identity[key]} /></Pair>
        ))}
        <Pair name={words.pack.remaining}><Num value={number("remaining_ah")} decimals={1} unit="Ah" /></Pair>
        <Pair name={words.pack.full}><Num value={number("full_ah")} decimals={1} unit="Ah" /></Pair>
        <Pair name={words.pack.design}><Num value={number("design_ah")} decimals={1} unit="Ah" /></Pair>
        <Pair name={words.pack.cycles}><Num value={number("cycles")} decimals={0} /></Pair>
      </dl>
    </Block>
  );
}

function Clock({ number, told }: { number: number; told: SystemSettings }) {
  const at = useSignal("");
  const id = useId();
  const why = whyNotPacks("operator") ?? (told.clock === null ? text.noClock : null);
  const set = (wanted: string) => void begin(`api/packs/${number}/clock`, { set: wanted });
  const off = told.clock_ahead_s;
  const wrong = off === null ? null : off === 0 ? text.right : off > 0 ? text.ahead(duration(off)) : text.behind(duration(-off));
  // It stands as it was read, beside a clock that runs.
  const age_s = Math.max(0, (serverClock_s.value ?? told.read_s) - told.read_s);
  return (
    <Block title={text.clock}>
      <dl class="pairs">
        <Pair name={text.packClock} note={wrong === null ? null : words.text([wrong, text.clockRead(words.ago(duration(age_s)))])}>
          <Text value={told.clock} />
        </Pair>
        <Pair name={text.serverClock}><Text value={serverClock_s.value === null ? null : toolClock(serverClock_s.value)} /></Pair>
      </dl>
      <Deeds deeds={[{ name: text.setNow, act: () => set("now"), why, look: "main" }]} />
      <details class="more">
        <summary>{text.otherTime}</summary>
        <p class="field">
          <label for={id}>{text.time}</label>
          <input id={id} type="datetime-local" step={1} value={at.value} onInput={(event) => (at.value = event.currentTarget.value)} />
        </p>
        <Deeds
          deeds={[
            {
              name: text.setTime,
              act: () => set(at.value.replace("T", " ").padEnd(19, ":00")),
              why: why ?? (at.value === "" ? text.giveTime : null),
            },
          ]}
        />
      </details>
    </Block>
  );
}

function nameOf(control: Control): string {
  return text.controls[control.control] ?? control.title;
}

function State({ on }: { on: boolean | null }) {
  if (on === null) return <span class="switch">{text.notTold}</span>;
  return <span class={on ? "switch on" : "switch"}>{on ? words.pack.on : words.pack.off}</span>;
}

/** What an operator may switch, with a click. */
function Controls({ number, controls }: { number: number; controls: Control[] }) {
  if (controls.length === 0) return null;
  const why = whyNotPacks("operator");
  const order = (control: Control, on: boolean) => void begin(`api/packs/${number}/controls/${control.control}`, { on });
  return (
    <Block title={text.harmless}>
      {controls.map((control) => (
        <div key={control.control} id={`control-${control.control}`} tabIndex={-1} class="control">
          <p class="control-head">
            <span>{nameOf(control)}</span>
            <State on={control.on} />
          </p>
          <p class="note">{text.notes[control.control]}</p>
          <Deeds
            label={nameOf(control)}
            deeds={[
              { name: text.turnOn(nameOf(control)), act: () => order(control, true), why: why ?? (control.on === true ? text.already : null), plain: true },
              { name: text.turnOff(nameOf(control)), act: () => order(control, false), why: why ?? (control.on === false ? text.already : null), plain: true },
            ]}
          />
        </div>
      ))}
      {why ? <p class="why">{why}</p> : null}
    </Block>
  );
}

/** From which charge current the limiter comes in. */
function LimiterStart({ number, limiter }: { number: number; limiter: NonNullable<SystemSettings["limiter"]> }) {
  const typed = useSignal("");
  const asked = useSignal(false);
  const id = useId();
  const amperes = /^\d+$/.test(typed.value.trim()) ? Number(typed.value) : null;
  const fits = amperes !== null && amperes >= limiter.low_a && amperes <= limiter.high_a;
  const range = text.startRange(fixed(limiter.low_a, 0) ?? "", fixed(limiter.high_a, 0) ?? "");
  const why = whyNotPacks("installer") ?? (fits ? (amperes === limiter.start_a ? text.already : null) : range);
  const set = async () => {
    const ended = await begin(`api/packs/${number}/limiter`, { start_a: amperes });
    if (ended?.state === "done") typed.value = "";
  };
  return (
    <Block title={text.start}>
      <dl class="pairs">
        <Pair name={text.startNow}><Num value={limiter.start_a} decimals={0} unit="A" /></Pair>
      </dl>
      <p class="note">{text.startNote}</p>
      <p class="field">
        <label for={id}>{text.startNew}</label>
        <input id={id} type="text" inputMode="numeric" value={typed.value} autocomplete="off" onInput={(event) => (typed.value = event.currentTarget.value)} />
      </p>
      <Deeds deeds={[{ name: text.startSet, act: () => (asked.value = true), why }]} />
      {asked.value ? (
        <Ceremony title={text.startTitle(number)} verb={text.startVerb(fixed(amperes, 0) ?? "")} act={() => void set()} close={() => (asked.value = false)}>
          <p class="num">{`${fixed(limiter.start_a, 0)}\u202fA → ${fixed(amperes, 0)}\u202fA`}</p>
          <p class="note">{text.startMeans}</p>
        </Ceremony>
      ) : null}
    </Block>
  );
}

/** What can take the power from a house or give it: typed. */
function Switches({ number, controls }: { number: number; controls: Control[] }) {
  const asked = useSignal<{ control: Control; on: boolean } | null>(null);
  if (controls.length === 0) return null;
  const why = whyNotPacks("installer");
  const ask = (control: Control, on: boolean) => () => (asked.value = { control, on });
  return (
    <Block title={text.dangerous}>
      <p class="note">{text.dangerousNote}</p>
      {controls.map((control) => (
        <div key={control.control} id={`control-${control.control}`} tabIndex={-1} class="control">
          <p class="control-head">
            <span>{nameOf(control)}</span>
            {control.control === "shutdown" ? null : <State on={control.on} />}
          </p>
          <p class="note">{text.notes[control.control]}</p>
          <Deeds
            label={nameOf(control)}
            deeds={
              control.control === "shutdown"
                ? [{ name: text.shutDown, act: ask(control, true), why, look: "danger" as const, plain: true }]
                : [
                    { name: text.turnOn(nameOf(control)), act: ask(control, true), why: why ?? (control.on === true ? text.already : null), plain: true },
                    { name: text.turnOff(nameOf(control)), act: ask(control, false), why: why ?? (control.on === false ? text.already : null), look: "danger" as const, plain: true },
                  ]
            }
          />
        </div>
      ))}
      {why ? <p class="why">{why}</p> : null}
      {asked.value ? <Typed number={number} control={asked.value.control} on={asked.value.on} close={() => (asked.value = null)} /> : null}
    </Block>
  );
}

function Typed({ number, control, on, close }: { number: number; control: Control; on: boolean; close: () => void }) {
  const typed = useSignal("");
  const forced = useSignal(false);
  const id = useId();
  const shuts = control.control === "shutdown";
  const verb = shuts ? text.shutDownPack(number) : on ? text.turnOn(nameOf(control)) : text.turnOff(nameOf(control));
  const order = () => void begin(`api/packs/${number}/switches/${control.control}`, { on, forced: forced.value, typed: typed.value.trim() });
  return (
    <Ceremony
      title={shuts ? verb : text.switchTitle(verb, number)}
      verb={verb}
      danger={!on || shuts}
      why={typed.value.trim() === control.typed ? null : text.typeFirst}
      act={order}
      close={close}
    >
      <p>{shuts ? text.shutDownMeans : on ? text.onMeans : text.offMeans}</p>
      <p class="field">
        <label for={id}>
          {text.type} <code>{control.typed}</code>
        </label>
        <input id={id} type="text" value={typed.value} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(event) => (typed.value = event.currentTarget.value)} />
      </p>
      {on && !shuts ? null : (
        <label class="tick">
          <input type="checkbox" checked={forced.value} onChange={() => (forced.value = !forced.value)} />
          <span>
            {text.forced}
            <small class="note"> {text.forcedNote}</small>
          </span>
        </label>
      )}
    </Ceremony>
  );
}
