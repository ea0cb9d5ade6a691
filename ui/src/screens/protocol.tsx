// Inverter protocol: what a pack itself speaks to an inverter on CAN and RS485, chosen by hand or found by itself.

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { clockTime } from "../format";
import { protocolWords as text } from "../i18n/protocol";
import { serviceWords } from "../i18n/service";
import { begin, whyNotPacks } from "../jobs";
import { connection, isVirtual } from "../live";
import { OFF, PACE_CAN, PACE_RS485 } from "../paceprotocols";
import { useSystem } from "../packsystem";
import type { SystemSettings } from "../service";
import { hasPack, NoSuchPack } from "../view/nosuchpack";
import { Ceremony, Deeds, JobPanel, NotConnected, PackTabs, packOf } from "../view/service";
import { Block } from "../view/values";
import type { ScreenProps } from "./registry";

type Choice = NonNullable<SystemSettings["protocol"]>;
type Names = Readonly<Record<number, string>>;

export function title(rest: readonly string[]): string {
  return text.title(packOf(rest));
}

export default function Protocol({ rest }: ScreenProps) {
  const number = packOf(rest);
  return hasPack(number) ? <PackProtocol key={number} number={number} /> : <NoSuchPack number={number} place="protocol" />;
}

function PackProtocol({ number }: { number: number }) {
  const told = useSystem(number).value;
  return (
    <div class="screen service-screen text-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{text.title(number)}</h1>
        <p class="note">{told ? serviceWords.readAt(clockTime(told.read_s), told.serial) : serviceWords.neverRead}</p>
      </header>
      <PackTabs place="protocol" number={number} />
      <NotConnected />
      <JobPanel kinds={["read_system", "protocol"]} pack={number} />
      {told === null || told.protocol === null ? (
        <>
          {told === null ? null : <p class="empty">{text.none}</p>}
          <Deeds deeds={[{ name: text.read, act: () => void begin(`api/packs/${number}/system/read`), why: whyNotPacks("operator") }]} />
        </>
      ) : (
        <Selectors key={told.read_s} number={number} now={told.protocol} />
      )}
    </div>
  );
}

/** The names are PACE's own, which other packs do not share. */
function namesOf(bus: "can" | "rs485"): Names {
  const dialect = connection.value?.dialect ?? "";
  if (!isVirtual.value && !dialect.startsWith("pace")) return {};
  return bus === "can" ? PACE_CAN : PACE_RS485;
}

function nameOf(names: Names, number: number | null): string {
  if (number === null) return text.notTold;
  if (number === OFF) return text.off;
  return names[number] ? `${number} · ${names[number]}` : String(number);
}

function Selectors({ number, now }: { number: number; now: Choice }) {
  const wanted = useSignal<Choice>(now);
  const asking = useSignal(false);
  const [can, rs485] = [namesOf("can"), namesOf("rs485")];
  const { value } = wanted;
  const changed = {
    ...(value.can === now.can ? {} : { can: value.can }),
    ...(value.rs485 === now.rs485 ? {} : { rs485: value.rs485 }),
    ...(value.automatic === now.automatic ? {} : { automatic: value.automatic }),
  };
  const count = Object.keys(changed).length;
  const type = (automatic: boolean | null) => (automatic === null ? text.notTold : automatic ? text.automatic : text.manual);
  const rows: [string, string, string][] = [];
  if ("automatic" in changed) rows.push([text.type, type(now.automatic), type(value.automatic)]);
  if ("can" in changed) rows.push([text.can, nameOf(can, now.can), nameOf(can, value.can)]);
  if ("rs485" in changed) rows.push([text.rs485, nameOf(rs485, now.rs485), nameOf(rs485, value.rs485)]);
  return (
    <Block title={text.choice}>
      <div class="fields">
        <fieldset class="choice-list">
          <legend class="note">{text.type}</legend>
          {[true, false].map((automatic) => (
            <label key={String(automatic)} class="tick">
              <input type="radio" name="automatic" checked={value.automatic === automatic} onChange={() => (wanted.value = { ...value, automatic })} />
              <span>
                {type(automatic)}
                <small class="note"> {automatic ? text.automaticNote : text.manualNote}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <Selector name={text.can} names={can} now={now.can} value={value.can} set={(chosen) => (wanted.value = { ...value, can: chosen })} />
        <Selector name={text.rs485} names={rs485} now={now.rs485} value={value.rs485} set={(chosen) => (wanted.value = { ...value, rs485: chosen })} />
      </div>
      <Deeds
        deeds={[
          { name: text.read, act: () => void begin(`api/packs/${number}/system/read`), why: whyNotPacks("operator") },
          { name: text.write, act: () => (asking.value = true), why: whyNotPacks("installer") ?? (count === 0 ? text.nothingNew : null), look: "main" },
        ]}
      />
      {asking.value ? (
        <Ceremony
          title={text.writeTitle(number)}
          verb={text.writeVerb(number)}
          close={() => (asking.value = false)}
          act={() => void begin(`api/packs/${number}/protocol`, changed)}
        >
          <table class="tool-table">
            <thead>
              <tr>
                <th scope="col">{text.choice}</th>
                <th scope="col">{text.before}</th>
                <th scope="col">{text.after}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, before, after]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td class="wrap">{before}</td>
                  <td class="wrap"><strong>{`→ ${after}`}</strong></td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="note">{text.means}</p>
        </Ceremony>
      ) : null}
    </Block>
  );
}

function Selector(props: { name: string; names: Names; now: number | null; value: number | null; set: (chosen: number) => void }) {
  const { names, now, value } = props;
  const id = useId();
  const known = [...new Set([...Object.keys(names).map(Number), ...(now === null ? [] : [now])])].filter((one) => one !== OFF).sort((a, b) => a - b);
  return (
    <p class="field">
      <label for={id}>{props.name}</label>
      <select id={id} value={value ?? ""} onChange={(event) => props.set(Number(event.currentTarget.value))}>
        {value === null ? <option value="" disabled>{text.notTold}</option> : null}
        {known.map((number) => <option key={number} value={number}>{nameOf(names, number)}</option>)}
        {now === OFF ? <option value={OFF}>{text.off}</option> : null}
      </select>
    </p>
  );
}
