// The present step of a commissioning: what to do, what is heard, what stands against it, and what it asks for.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId } from "preact/hooks";
import { mayNow } from "../access";
import { busy, known, momentOf, numberIn, tell, whyNotNow, type Begun, type Commissioning, type Present } from "../commission";
import { fixed, toolClock } from "../format";
import { freshnessNow } from "../freshness";
import { commissionWords as text } from "../i18n/commission";
import { words } from "../i18n/words";
import { knownPacks, serverGone } from "../live";
import { spokenIn } from "../told";
import { AddSwitch } from "./panel";
import { Shape } from "./state";
import { Block, Num } from "./values";

interface StepProps {
  told: Commissioning;
  begun: Begun;
  step: Present;
}

export function PresentStep({ told, begun, step }: StepProps) {
  const live = step.asks === "look" || step.asks === "values";
  return (
    <>
      <Block title={text.whatToDo} class="commission-step">
        <ol class="step-lines">
          {step.lines.map((line) => <li key={line} {...spokenIn(told, line)}>{line}</li>)}
        </ol>
        {step.switches.length === 0 ? null : (
          <ul class="step-switches">
            {step.switches.map(({ pack, positions }) => (
              <li key={pack}>
                <b>{words.pack.title(pack)}</b>
                <AddSwitch switches={positions} named />
              </li>
            ))}
          </ul>
        )}
        {live ? <Heard source={told.source} pack={step.pack} /> : null}
        <div aria-live="polite">{step.refusals.length === 0 ? null : <Refusals told={told} step={step} />}</div>
        <Asked key={`${step.key} ${step.asks}`} begun={begun} step={step} />
      </Block>
      {step.refusals.length > 0 && step.may_override ? <Override key={step.key} step={step} /> : null}
    </>
  );
}

/** Only what is fresh: nothing else decides. Of a virtual rack each pack is looked at as if it were alone. */
function Heard({ source, pack: only }: { source: Commissioning["source"]; pack: number | null }) {
  if (source === "none") return <p class="note">{text.nothingConnected}</p>;
  const fresh = knownPacks.value.filter(
    ([number, pack]) => freshnessNow(pack, serverGone.value) === "fresh" && (source !== "virtual" || only === null || number === only),
  );
  return (
    <div class="step-heard">
      <h3>{text.seen}</h3>
      {fresh.length === 0 ? <p>{text.nothingHeard}</p> : (
        <ul>
          {fresh.map(([number, pack]) => (
            <li key={number}>
              <b>{words.pack.title(number)}</b>
              <Num value={pack.pack_voltage_v} decimals={2} unit="V" />
              <Num value={pack.soc_pct} decimals={1} unit="%" />
              <Num value={pack.pack_current_a} decimals={1} unit="A" signed />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Refusals({ told, step }: { told: Commissioning; step: Present }) {
  return (
    <div class="step-refused">
      <h3><Shape level="warning" />{text.refused}</h3>
      {step.refused_at === null ? null : <small>{toolClock(momentOf(step.refused_at))}</small>}
      <ul>{step.refusals.map((sentence) => <li key={sentence} {...spokenIn(told, sentence)}>{sentence}</li>)}</ul>
    </div>
  );
}

/** A form with one button, which says why it cannot be pressed now. */
export function OneButton(props: { verb: string; why?: string | null; quiet?: boolean; act: () => void; children?: ComponentChildren }) {
  const id = useId();
  const why = whyNotNow() ?? props.why ?? null;
  const submit = (event: Event) => {
    event.preventDefault();
    if (!why && !busy.value) props.act();
  };
  return (
    <form class="step-form" onSubmit={submit} noValidate>
      {props.children}
      <button type="submit" class={props.quiet ? undefined : "main"} aria-disabled={why ? "true" : undefined} {...(why ? { "aria-describedby": id } : {})}>
        {props.verb}
      </button>
      {why ? <p class="why" id={id}>{why}</p> : null}
      {mayNow("installer") || whyNotNow() ? null : <p class="why">{text.signIn}</p>}
    </form>
  );
}

function Asked({ begun, step }: { begun: Begun; step: Present }) {
  const say = (said: object) => () => void answered(tell("/step", { key: step.key, ...said }));
  switch (step.asks) {
    case "part_numbers":
      return <PartNumbers begun={begun} step={step} />;
    case "switches":
      return <Switches step={step} />;
    case "values":
      return <Values step={step} />;
    case "judge":
      return <OneButton verb={text.judge} act={say({})} />;
    case "look":
      return (
        <OneButton verb={text.look(step.pack)} act={say({ confirmed: true })}>
          <First step={step} look />
        </OneButton>
      );
    case "confirm":
      return (
        <OneButton verb={text.goOn} act={say({ confirmed: true })}>
          <First step={step} />
        </OneButton>
      );
  }
}

/** What must be so before the button is pressed. */
function First({ step, look = false }: { step: Present; look?: boolean }) {
  if (step.pack !== null) return <p>{text.first.alone(step.pack)}</p>;
  if (look || !["rack", "charge", "discharge"].includes(step.check)) return null;
  return <p>{text.first[step.check as "rack" | "charge" | "discharge"]}</p>;
}

function PartNumbers({ begun, step }: { begun: Begun; step: Present }) {
  const typed = useSignal(begun.part_numbers.map((number) => number ?? ""));
  const set = (index: number, value: string) => (typed.value = typed.value.map((number, at) => (at === index ? value : number)));
  const missing = typed.value.some((number) => number.trim() === "");
  return (
    <OneButton
      verb={text.enter}
      why={missing ? text.writeAll : null}
      act={() => void answered(tell("/step", { key: step.key, part_numbers: typed.value }))}
    >
      {typed.value.map((number, index) => (
        <Entry key={index} label={text.partNumber(index + 1)} value={number} set={(value) => set(index, value)} />
      ))}
    </OneButton>
  );
}

function Values({ step }: { step: Present }) {
  const voltage = useSignal("");
  const soc = useSignal("");
  const [voltage_v, soc_pct] = [numberIn(voltage.value), numberIn(soc.value)];
  return (
    <OneButton
      verb={text.enter}
      why={voltage_v === null || soc_pct === null ? text.writeNumber : null}
      act={() => void answered(tell("/step", { key: step.key, confirmed: true, voltage_v, soc_pct }))}
    >
      <First step={step} />
      <Entry label={text.voltage} value={voltage.value} decimal set={(value) => (voltage.value = value)} />
      <Entry label={text.soc} value={soc.value} decimal set={(value) => (soc.value = value)} />
    </OneButton>
  );
}

export function Entry(props: { label: string; value: string; note?: string; decimal?: boolean; set: (value: string) => void }) {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type="text"
        inputMode={props.decimal ? "decimal" : "text"}
        autocomplete="off"
        spellcheck={false}
        value={props.value}
        onInput={(event) => props.set(event.currentTarget.value)}
      />
      {props.note ? <small>{props.note}</small> : null}
    </p>
  );
}

/** First the breakers; the server counts from then, and this page counts along. */
function Switches({ step }: { step: Present }) {
  const left_s = useLeft(step);
  if (left_s === null) {
    return <OneButton verb={text.breakersOff} act={() => void tell("/step", { key: step.key, breakers_off: true })} />;
  }
  const waits = Math.ceil(left_s);
  return (
    <>
      <p class="step-wait" role="timer">{waits > 0 ? fixed(waits, 0) : <Shape level="nominal" />}<span class="unit">{waits > 0 ? " s" : ""}</span></p>
      <p>{waits > 0 ? null : text.waitOver}</p>
      <OneButton
        verb={text.switchesSet}
        why={waits > 0 ? text.waits(waits) : null}
        act={() => void answered(tell("/step", { key: step.key, confirmed: true }))}
      />
    </>
  );
}

function useLeft(step: Present): number | null {
  const now_ms = useSignal(performance.now());
  const waits = step.wait_left_s !== null && step.wait_left_s > 0;
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => (now_ms.value = performance.now()), 250);
    return () => clearInterval(timer);
  }, [waits]);
  const since_ms = Math.max(0, now_ms.value - (known.value?.at_ms ?? now_ms.value));
  return step.wait_left_s === null ? null : Math.max(0, step.wait_left_s - since_ms / 1000);
}

function Override({ step }: { step: Present }) {
  const reason = useSignal("");
  const short = reason.value.trim().length < 3;
  return (
    <details class="block more">
      <summary>{text.overrideTitle}</summary>
      <p>{text.overrideNote}</p>
      <OneButton
        quiet
        verb={text.override}
        why={short ? text.giveReason : null}
        act={() => void answered(tell("/step", { key: step.key, confirmed: true, override: reason.value.trim() }))}
      >
        <Entry label={text.reason} value={reason.value} set={(value) => (reason.value = value)} />
      </OneButton>
    </details>
  );
}

/** The next step begins at its title, also for who uses the keyboard or listens. */
async function answered(asked: Promise<boolean>): Promise<void> {
  const before = known.peek()?.told.commissioning?.present?.key;
  if (!(await asked) || known.peek()?.told.commissioning?.present?.key === before) return;
  scrollTo({ top: 0 });
  document.querySelector<HTMLElement>("main h1")?.focus();
}
