// Commissioning: from the crate to the first cycle, one step at a time, for who stands in front of the rack.

import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { busy, known, load, momentOf, numberIn, problem, putAway, tell, whyNotNow, type Begun, type Commissioning } from "../commission";
import { toolClock } from "../format";
import { commissionWords as text } from "../i18n/commission";
import { language } from "../i18n/language";
import { connection, isVirtual } from "../live";
import { address } from "../route";
import { spokenIn } from "../told";
import { Entry, OneButton, PresentStep } from "../view/commissionstep";
import { HELP } from "../view/helpdata";
import { Ceremony, Deeds } from "../view/service";
import { Shape } from "../view/state";
import { Block } from "../view/values";

const MOST_PACKS = 64;

export default function Commission() {
  // What a step asks for follows from what is connected.
  useEffect(() => void load(), [language.value, connection.value?.state === "disconnected", isVirtual.value]);
  // A phone comes out of a pocket: meanwhile somebody may have gone on elsewhere, and clocks of sleeping pages stand.
  useEffect(() => {
    const back = () => document.visibilityState === "visible" && void load();
    document.addEventListener("visibilitychange", back);
    return () => document.removeEventListener("visibilitychange", back);
  }, []);
  const told = known.value?.told;
  const begun = told?.commissioning;
  return (
    <div class="screen text-screen commission-screen" aria-busy={busy.value || undefined}>
      {told && begun ? <Way told={told} begun={begun} /> : (
        <header class="headline">
          <h1 class="sentence" tabIndex={-1}>{text.title}</h1>
          <p class="under-sentence">{text.intro}</p>
        </header>
      )}
      {problem.value === null ? null : (
        <p class="notice-line" role="alert">
          <Shape level="warning" />
          <span lang={problem.value.lang}>{problem.value.text}</span>
        </p>
      )}
      {told && !begun ? <Begin virtual={told.source === "virtual"} /> : null}
      {begun || (told === undefined && problem.value) ? <Away /> : null}
    </div>
  );
}

function Way({ told, begun }: { told: Commissioning; begun: Begun }) {
  const { present, steps } = begun;
  const done = steps.filter((step) => step.done !== null).length;
  return (
    <>
      <header class="headline">
        <p class="headline-state">
          {begun.rehearsal ? <span class="virtual">{text.rehearsal}</span> : null}
          <span class="product-title">{text.about(begun.packs, begun.battery, begun.inverter, begun.site)}</span>
        </p>
        <h1 class="sentence" tabIndex={-1}>
          {present === null ? text.allDone : (
            <>
              <small class="step-count">{text.step(present.number, steps.length)}</small>{" "}
              <span {...spokenIn(told, present.title)}>{present.title}</span>
            </>
          )}
        </h1>
        <progress max={steps.length} value={done} aria-label={text.progress} />
      </header>
      {told.source === "virtual" && !begun.rehearsal && present !== null ? <Warning sentence={text.wrongRack} /> : null}
      {present === null ? <SignOff begun={begun} /> : <PresentStep told={told} begun={begun} step={present} />}
      <Steps told={told} begun={begun} />
    </>
  );
}

function Warning({ sentence }: { sentence: string }) {
  return (
    <p class="notice-line">
      <Shape level="notice" />
      <span>{sentence} <a href={address("connect")}>{text.toConnect}</a></span>
    </p>
  );
}

function Steps({ told, begun }: { told: Commissioning; begun: Begun }) {
  const done = begun.steps.filter((step) => step.done !== null);
  const open = begun.steps.filter((step) => step.done === null && step.key !== begun.present?.key);
  return (
    <Block title={text.steps} class="commission-steps">
      {done.length === 0 ? null : (
        <details class="more">
          <summary>{text.doneSteps(done.length)}</summary>
          <ol>
            {done.map(({ key, title, done: one }) => (
              <li key={key}>
                <b {...spokenIn(told, title)}>{title}</b>
                <span {...spokenIn(told, one?.found ?? "")}>{one?.found}</span>
                {one?.override ? <span class="against">{text.against(one.override)}</span> : null}
                <small>{one ? toolClock(momentOf(one.at)) : null}</small>
              </li>
            ))}
          </ol>
        </details>
      )}
      {open.length === 0 ? null : (
        <details class="more">
          <summary>{text.stepsToCome(open.length)}</summary>
          <ol>{open.map(({ key, title }) => <li key={key} {...spokenIn(told, title)}>{title}</li>)}</ol>
        </details>
      )}
      <p class="note">
        <a href="api/commissioning/report.pdf" hreflang="en">{text.report}</a> · <a href="api/commissioning/report.txt" hreflang="en">{text.reportText}</a>
      </p>
    </Block>
  );
}

function SignOff({ begun }: { begun: Begun }) {
  const name = useSignal("");
  if (begun.signed_by !== null) {
    return (
      <p class="notice-line">
        <Shape level="nominal" />
        <span>{text.signed(begun.signed_by, toolClock(momentOf(begun.signed_at ?? "")))}</span>
      </p>
    );
  }
  return (
    <Block title={text.sign}>
      <p>{text.signNote}</p>
      <OneButton
        verb={text.sign}
        why={name.value.trim() === "" ? text.giveName : null}
        act={() => void tell("/sign", { name: name.value.trim() })}
      >
        <Entry label={text.name} value={name.value} set={(value) => (name.value = value)} />
      </OneButton>
    </Block>
  );
}

function Begin({ virtual }: { virtual: boolean }) {
  const form = useSignal({ battery: "syscom-a5l-51v2", packs: "4", inverter: "victron", site: "", scheme: "" });
  const set = (key: keyof typeof form.value) => (value: string) => (form.value = { ...form.value, [key]: value });
  const { battery, packs, inverter, site, scheme } = form.value;
  const product = HELP.products.find(({ key }) => key === battery);
  const schemes = Object.entries(HELP.schemes).filter(([, count]) => product?.switches === null && product.switch_positions === count);
  const most = product?.pack_limit ?? MOST_PACKS;
  const count = numberIn(packs);
  const wrong = count === null || !Number.isInteger(count) || count < 1 || count > most;
  const chosen = schemes.some(([name]) => name === scheme) ? scheme : "";
  return (
    <>
      {virtual ? <Warning sentence={text.willRehearse} /> : null}
      <Block title={text.begin}>
        <OneButton
          verb={text.begin}
          why={wrong ? text.wrongCount(most) : null}
          act={() => void tell("", { battery, packs: count, inverter, site: site.trim(), scheme: chosen || null })}
        >
          <Choice label={text.battery} value={battery} options={HELP.products.map(({ key, title }) => [key, title])} set={set("battery")} />
          {schemes.length === 0 ? null : (
            <Choice label={text.scheme} value={chosen} options={[["", text.noScheme], ...schemes.map(([name]) => [name, name] as [string, string])]} set={set("scheme")} />
          )}
          <Entry label={text.packs} value={packs} decimal set={set("packs")} />
          <Choice label={text.inverter} value={inverter} options={HELP.inverters.map(({ key, title }) => [key, title])} set={set("inverter")} />
          <Entry label={text.site} value={site} note={text.siteNote} set={set("site")} />
        </OneButton>
      </Block>
    </>
  );
}

function Choice(props: { label: string; value: string; options: [string, string][]; set: (value: string) => void }) {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{props.label}</label>
      <select id={id} value={props.value} onChange={(event) => props.set(event.currentTarget.value)}>
        {props.options.map(([value, name]) => <option key={value} value={value}>{name}</option>)}
      </select>
    </p>
  );
}

function Away() {
  const asking = useSignal(false);
  return (
    <>
      <Deeds deeds={[{ name: text.putAway, act: () => (asking.value = true), why: whyNotNow() }]} />
      {asking.value ? (
        <Ceremony title={text.putAwayTitle} verb={text.putAway} act={() => void putAway()} close={() => (asking.value = false)}>
          <p>{text.putAwayNote}</p>
        </Ceremony>
      ) : null}
    </>
  );
}
