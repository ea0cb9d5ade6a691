// Connect: which port the packs are on and what they speak, a scan that finds both out, and how the connection stands.

import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { onlyAdapter } from "../adapters";
import { choices, dialectTitle, fetchChoices } from "../choices";
import { duration, measured } from "../format";
import { connectWords as text } from "../i18n/connect";
import { connectionWords } from "../i18n/connection";
import { language } from "../i18n/language";
import { serviceWords } from "../i18n/service";
import { words } from "../i18n/words";
import { begin, newest, refused, sentenceOf, whyNot } from "../jobs";
import { connection, packNumbers, rack, serverGone, unheard_s } from "../live";
import { numbersIn } from "../packnumbers";
import { ask, type Choices, type Job, type Port, type Survey, type SurveyedPack } from "../service";
import { spokenIn, tagOf } from "../told";
import type { Connection } from "../model";
import { address } from "../route";
import { AddSwitch } from "../view/panel";
import { Deeds, JobPanel } from "../view/service";
import { Shape } from "../view/state";
import { Block } from "../view/values";

const PORTS_EVERY_MS = 1500;
/** Chosen beside a port that is plugged in. */
const TCP = "tcp", OTHER = "other", VIRTUAL = "virtual";

/** What is to be connected; it outlives the screen, so that nothing typed is lost. */
interface Form {
  where: string;
  host: string;
  other: string;
  dialect: string;
  baud: string;
  product: string;
  packs: string;
  /** Somebody chose `where`; until then it follows the adapter that is plugged in. */
  chosen: boolean;
  /** A scan asks only in the chosen dialect, at the chosen speed. */
  narrow: boolean;
}

const EMPTY: Form = { where: "", host: "", other: "", dialect: "pace", baud: "", product: "", packs: "", chosen: false, narrow: false };
let kept: Form = EMPTY;

export default function Connect() {
  const form = useSignal<Form>(kept);
  const ports = usePorts();
  useEffect(() => {
    fetchChoices().catch((problem: unknown) => (refused.value = sentenceOf(problem)));
  }, []);
  const change = (part: Partial<Form>) => {
    kept = form.value = { ...form.value, ...part };
  };
  // The only adapter there is need not be chosen.
  const only = ports.value === null ? null : onlyAdapter(ports.value);
  useEffect(() => {
    if (!form.peek().chosen && only) change({ where: only });
  }, [only]);
  const found = newest.value?.kind === "scan" && newest.value.result ? newest.value : null;
  return (
    <div class="screen service-screen">
      <Standing />
      <JobPanel kinds={["scan"]} />
      {found ? <Found job={found} form={form} change={change} /> : null}
      <div class="connect-columns">
        <Block title={text.where}>
          <Where form={form.value} change={change} ports={ports.value} />
        </Block>
        <Block title={text.how}>
          <How form={form.value} change={change} choices={choices.value} />
          <FormDeeds form={form} choices={choices.value} change={change} />
        </Block>
      </div>
    </div>
  );
}

/** How the connection stands, in the reader's words; `null` where only the server knows how to say it, as why a port does not open. */
function sentenceAbout({ state, link, spoken }: Connection): string | null {
  const packs = packNumbers.value.map(String);
  if (state === "normal") return text.answering(packs, link);
  if (state === "virtual") return text.simulated(packs);
  if (state === "cannot_open" && (spoken ?? "en") === language.value) return null;
  return connectionWords.sentence[state]?.(link, duration(unheard_s.value ?? 0)) ?? null;
}

/** The ports that are plugged in, looked at anew as long as the screen is open. */
function usePorts(): Signal<Port[] | null> {
  const ports = useSignal<Port[] | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let here = true;
    const look = async () => {
      try {
        if (document.visibilityState === "visible" && !serverGone.peek()) ports.value = await ask<Port[]>("GET", "api/ports");
      } catch (problem) {
        console.info("The server did not give its ports.", problem);
      }
      if (here) timer = setTimeout(() => void look(), PORTS_EVERY_MS);
    };
    void look();
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, []);
  return ports;
}

function Standing() {
  const now = connection.value;
  const disconnect = async () => {
    refused.value = null;
    try {
      await ask<Connection>("DELETE", "api/connection");
    } catch (problem) {
      refused.value = sentenceOf(problem);
    }
  };
  const state = now?.state ?? "";
  const good = state === "normal" || state === "virtual";
  return (
    <header class="headline">
      <h1 class="sentence with-shape" tabIndex={-1}>
        <Shape level={good ? "nominal" : state === "disconnected" ? "absent" : "warning"} />
        {now ? (connectionWords.title[state] ?? now.title) : words.nav.places.connect}
      </h1>
      {now ? (
        <>
          <p>{sentenceAbout(now) ?? <span lang={tagOf(now.spoken ?? "en")}>{now.sentence}</span>}</p>
          {now.link ? <p class="note">{text.onLink(dialectTitle(now.dialect))}</p> : null}
          <Deeds
            deeds={[
              {
                name: text.disconnect,
                act: () => void disconnect(),
                why: whyNot("operator") ?? (state === "disconnected" ? serviceWords.notConnected : null),
              },
              {
                name: text.scanLine,
                act: () => void begin("api/scan", {}),
                why: whyNot("operator") ?? (state === "disconnected" ? serviceWords.notConnected : null),
              },
            ]}
          />
        </>
      ) : null}
    </header>
  );
}

function Where({ form, change, ports }: { form: Form; change: (part: Partial<Form>) => void; ports: Port[] | null }) {
  const choose = (where: string) => () => change({ where, chosen: true });
  return (
    <fieldset class="choice-list">
      <legend class="hidden">{text.where}</legend>
      {ports === null ? null : ports.length === 0 ? <p class="empty">{text.noPorts}</p> : null}
      {(ports ?? []).map((port) => (
        <Option key={port.link} name={port.description || port.device} note={port.device} on={form.where === port.link} choose={choose(port.link)} />
      ))}
      <Option name={text.tcp} note={text.tcpNote} on={form.where === TCP} choose={choose(TCP)}>
        <Field name={text.address} value={form.host} hint="192.168.1.50:4196" set={(host) => change({ host, where: TCP, chosen: true })} />
      </Option>
      <Option name={text.otherPort} note={text.otherNote} on={form.where === OTHER} choose={choose(OTHER)}>
        <Field name={text.device} value={form.other} hint="/dev/ttyUSB0" set={(other) => change({ other, where: OTHER, chosen: true })} />
      </Option>
      <Option name={text.virtual} note={text.virtualNote} on={form.where === VIRTUAL} choose={choose(VIRTUAL)} />
    </fieldset>
  );
}

function Option(props: { name: string; note: string; on: boolean; choose: () => void; children?: preact.ComponentChildren }) {
  return (
    <div class={props.on ? "choice on" : "choice"}>
      <label>
        <input type="radio" name="where" checked={props.on} onChange={props.choose} />
        <span>
          {props.name}
          <small>{props.note}</small>
        </span>
      </label>
      {props.on ? props.children : null}
    </div>
  );
}

function Field(props: { name: string; value: string; hint?: string; note?: string; set: (value: string) => void }) {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{props.name}</label>
      <input id={id} type="text" value={props.value} placeholder={props.hint} autocomplete="off" spellcheck={false} onInput={(event) => props.set(event.currentTarget.value)} />
      {props.note ? <small>{props.note}</small> : null}
    </p>
  );
}

function Choice(props: { name: string; value: string; options: [string, string][]; note?: string; set: (value: string) => void }) {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{props.name}</label>
      <select id={id} value={props.value} onChange={(event) => props.set(event.currentTarget.value)}>
        {props.options.map(([value, name]) => <option key={value} value={value}>{name}</option>)}
      </select>
      {props.note ? <small>{props.note}</small> : null}
    </p>
  );
}

function How({ form, change, choices }: { form: Form; change: (part: Partial<Form>) => void; choices: Choices | null }) {
  const serial = ![TCP, VIRTUAL].includes(form.where);
  const here = rack.value?.title;
  const products = (choices?.products ?? []).map(({ key, title }) => [key, title] as [string, string]);
  return (
    <div class="fields">
      {form.where === VIRTUAL ? null : (
        <Choice name={text.dialect} value={form.dialect} options={(choices?.dialects ?? []).map(({ name, title }) => [name, title])} set={(dialect) => change({ dialect })} />
      )}
      {serial ? (
        <Choice
          name={text.baud}
          value={form.baud}
          options={[["", text.usualBaud], ...(choices?.bauds ?? []).map((baud) => [String(baud), String(baud)] as [string, string])]}
          set={(baud) => change({ baud })}
        />
      ) : null}
      <Choice name={text.product} value={form.product} options={[["", here ? text.asNow(here) : text.asConfigured], ...products]} set={(product) => change({ product })} />
      <Field
        name={form.where === VIRTUAL ? text.count : text.packs}
        value={form.packs}
        note={form.where === VIRTUAL ? text.countNote : text.packsNote}
        set={(packs) => change({ packs })}
      />
      <label class="tick">
        <input type="checkbox" checked={form.narrow} onChange={(event) => change({ narrow: event.currentTarget.checked })} />
        {text.narrow}
      </label>
    </div>
  );
}

function linkOf(form: Form): string | null {
  if (form.where === TCP) return form.host.trim() ? `tcp://${form.host.trim()}` : "";
  if (form.where === OTHER) return form.other.trim() ? (/^\w+:/.test(form.other.trim()) ? form.other.trim() : `serial:${form.other.trim()}`) : "";
  return form.where === VIRTUAL ? null : form.where;
}

/** What is missing before one can connect or scan. */
function incomplete(form: Form): string | null {
  if (form.where === "") return text.choosePort;
  if (linkOf(form) === "") return form.where === TCP ? text.giveAddress : text.giveDevice;
  return numbersIn(form.packs) === null ? text.wrongPacks : null;
}

async function connect(form: Form): Promise<void> {
  refused.value = null;
  const numbers = numbersIn(form.packs) ?? [];
  const link = linkOf(form);
  const packs = link === null ? { packs: numbers[0] ?? null } : { addresses: numbers.length > 0 ? numbers : null };
  const serial = link?.startsWith("serial:") === true;
  try {
    await ask<Connection>("POST", "api/connection", {
      link,
      dialect: form.dialect,
      baud: serial && form.baud ? Number(form.baud) : null,
      product: form.product || null,
      ...packs,
    });
    scrollTo({ top: 0 });
  } catch (problem) {
    refused.value = sentenceOf(problem);
  }
}

function wantedScan(form: Form, choices: Choices | null): Record<string, unknown> {
  // Without a product nobody knows how the address switches of a pack are read.
  const known = choices?.products.find(({ key }) => key === rack.peek()?.product)?.key;
  const product = form.product || known;
  const numbers = form.where === VIRTUAL ? [] : (numbersIn(form.packs) ?? []);
  return {
    link: linkOf(form),
    addresses: numbers,
    ...(product ? { product } : {}),
    ...(form.narrow ? { dialects: [form.dialect], bauds: form.baud ? [Number(form.baud)] : [] } : {}),
  };
}

function FormDeeds({ form, choices, change }: { form: Signal<Form>; choices: Choices | null; change: Change }) {
  const now = form.value;
  const why = whyNot("operator") ?? incomplete(now);
  const scan = () => begin("api/scan", wantedScan(now, choices));
  const findAndConnect = async () => {
    const survey = (await scan())?.result as unknown as Survey | null | undefined;
    const way = survey ? waysOf(survey) : [];
    // Where packs speak in two ways, or something is wrong with the rack, a person decides.
    if (survey && way.length === 1 && way[0] && survey.remarks.length === 0) take(survey, way[0], allOf(survey, way[0]), form, change);
  };
  const virtual = now.where === VIRTUAL;
  return (
    <Deeds
      deeds={[
        { name: text.connect, act: () => void connect(now), why, look: "main" },
        ...(virtual ? [] : [{ name: text.findConnect, act: () => void findAndConnect(), why }]),
        { name: text.scan, act: () => void scan(), why: why ?? (virtual && connection.value?.state !== "virtual" ? text.virtualFirst : null) },
      ]}
    />
  );
}

type Change = (part: Partial<Form>) => void;

/** Dialect and speed of what was found: the first pack of each. */
function waysOf(survey: Survey): SurveyedPack[] {
  return [...new Map(survey.packs.map((pack) => [`${pack.dialect} ${pack.baud}`, pack])).values()];
}

function allOf(survey: Survey, way: SurveyedPack): number[] {
  return survey.packs.filter((pack) => pack.dialect === way.dialect && pack.baud === way.baud).map((pack) => pack.pack);
}

/** Connects packs as they were found. */
function take(survey: Survey, pack: SurveyedPack, numbers: number[], form: Signal<Form>, change: Change): void {
  // The rack that is simulated here has a name and no link.
  const link = survey.link.includes(":") ? survey.link.replace(/\?.*$/, "") : null;
  const where = link === null ? VIRTUAL : link.startsWith("tcp://") ? TCP : OTHER;
  change({
    where,
    chosen: true,
    ...(where === TCP ? { host: (link ?? "").slice("tcp://".length) } : where === OTHER ? { other: link ?? "" } : {}),
    dialect: pack.dialect,
    baud: pack.baud === null ? "" : String(pack.baud),
    packs: where === VIRTUAL ? "" : numbers.join(", "),
  });
  void connect(form.value);
}

function Found({ job, form, change }: { job: Job; form: Signal<Form>; change: Change }) {
  const survey = job.result as unknown as Survey;
  const ways = waysOf(survey);
  const taken = (pack: SurveyedPack, numbers: number[]) => take(survey, pack, numbers, form, change);
  return (
    <Block title={text.found} class="found">
      {survey.remarks.length === 0 ? null : (
        <ul class="remarks">
          {survey.remarks.map((remark) => (
            <li key={remark.sentence}>
              <Shape level="warning" />
              <span {...spokenIn(job, remark.sentence)}>{remark.sentence}</span>
            </li>
          ))}
        </ul>
      )}
      {survey.packs.length === 0 ? null : (
        <div class="scroll-table" tabIndex={0} role="region" aria-label={text.found}>
          <table class="tool-table">
            <thead>
              <tr>
                <th scope="col">{words.nav.places.pack}</th>
                <th scope="col">{words.add.name}</th>
                <th scope="col">{text.serial}</th>
                <th scope="col" class="right">{words.rack.voltage}</th>
                <th scope="col" class="right">{words.pack.soc}</th>
                <th scope="col">{text.dialect}</th>
                <th scope="col"><span class="hidden">{text.connect}</span></th>
              </tr>
            </thead>
            <tbody>
              {survey.packs.map((pack) => (
                <tr key={`${pack.dialect} ${pack.baud} ${pack.pack}`}>
                  <th scope="row">{pack.master ? text.master(words.pack.title(pack.pack)) : words.pack.title(pack.pack)}</th>
                  <td>{pack.address_switches ? <AddSwitch switches={pack.address_switches} named /> : null}</td>
                  <td>{pack.serial ?? ""}</td>
                  <td class="num right">{measured(pack.pack_voltage_v, 1, "V")}</td>
                  <td class="num right">{measured(pack.soc_pct, 1, "%")}</td>
                  <td>{dialectTitle(pack.dialect)}{pack.baud === null ? "" : `, ${pack.baud}`}</td>
                  <td>
                    <button type="button" class="quiet" aria-disabled={whyNot("operator") ? "true" : undefined} onClick={() => whyNot("operator") ?? taken(pack, [pack.pack])}>
                      {text.onlyThis}
                      <span class="hidden"> {words.pack.title(pack.pack)}</span>
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Deeds
        deeds={ways.map((way) => {
          const all = allOf(survey, way);
          return {
            name: ways.length === 1 ? text.connectFound(all.length) : `${text.connectFound(all.length)} (${dialectTitle(way.dialect)})`,
            act: () => taken(way, all),
            why: whyNot("operator"),
            // Where something is wrong with the rack it is mended first.
            ...(survey.remarks.length === 0 ? { look: "main" as const } : {}),
          };
        })}
      />
      <p class="note">
        {text.tried(survey.tried.length, survey.not_tried.length)} <a href={address("scan")}>{text.asRack}</a>
      </p>
    </Block>
  );
}
