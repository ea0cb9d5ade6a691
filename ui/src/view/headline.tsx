// The top of a screen about the rack: its state, one sentence, and every standing reason with the packs that give it.

import { connectionWords } from "../i18n/connection";
import { words, faultName, nameOf } from "../i18n/words";
import { connection, knownPacks, packNumbers, packSignal, serverGone } from "../live";
import type { Pack, Rack } from "../model";
import { address } from "../route";
import { Shape, StateMark } from "./state";
import { Age, seen } from "./values";
import { RackSentence, saysTheLink } from "./racksentence";

export function Headline({ rack: now, reasons = true }: { rack: Rack; reasons?: boolean }) {
  const fresh = seen(now) === "fresh";
  return (
    <header class="headline" data-fresh={seen(now)}>
      <p class="headline-state">
        {knownPacks.value.length === 0 && saysTheLink(now) ? <LinkMark /> : <><StateMark battery={now} /><Age battery={now} /></>}
        {now.title ? <span class="product-title">{now.title}</span> : null}
      </p>
      <h1 class="sentence" tabIndex={-1}>
        {fresh || saysTheLink(now) ? null : <span class="last-known">{words.lastKnown} </span>}
        <RackSentence rack={now} />
      </h1>
      {reasons ? <Reasons rack={now} /> : null}
    </header>
  );
}

/** Nobody is asked, or not yet: the rack is not said to be silent then. */
function LinkMark() {
  const link = connection.value;
  return (
    <span class="state level-absent">
      <Shape level="absent" />
      <span class="state-word">{link === null ? null : (connectionWords.title[link.state] ?? link.title)}</span>
    </span>
  );
}

/** Every standing alarm, protection and fault in words, with the packs that report it. */
function Reasons({ rack: now }: { rack: Rack }) {
  const groups = [
    { level: "fault", codes: now.faults, of: (pack: Pack) => pack.faults, name: faultName },
    { level: "protection", codes: now.protections, of: (pack: Pack) => pack.protections, name: nameOf },
    { level: "warning", codes: now.alarms, of: (pack: Pack) => pack.alarms, name: nameOf },
  ] as const;
  const rows = groups.flatMap(({ level, codes, of, name }) =>
    (codes ?? []).map((code) => {
      const where = packNumbers.value.filter((number) => {
        const pack = packSignal(number).value;
        return pack !== null && (of(pack)?.includes(code) ?? false);
      });
      return { level, code, text: name(code), where };
    }),
  );
  if (rows.length === 0) return null;
  return (
    <ul class="reasons">
      {rows.map((row) => (
        <li key={`${row.level} ${row.code}`} class={`level-${row.level}`}>
          <Shape level={row.level} />
          <span>
            <span class="hidden">{words.level[row.level]}: </span>
            {row.text}
            {row.where.map((number, index) => (
              <span key={number}>
                {index === 0 ? " · " : ", "}
                <a href={address("pack", number)}>{words.pack.title(number)}</a>
              </span>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Before the first snapshot. */
export function Waiting() {
  return (
    <div class="screen">
      <h1 class="sentence" tabIndex={-1}>{serverGone.value ? words.rack.title : words.server.waiting}</h1>
    </div>
  );
}
