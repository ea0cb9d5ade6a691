// The rack's sentence where it stands as a heading: composed here in the reader's language, or the server's own words.

import { unbroken } from "../format";
import { words } from "../i18n/words";
import { packNumbers, packSignal, serverClock_s } from "../live";
import type { Pack, Rack } from "../model";
import { rackSentence } from "../racksentence";

export function RackSentence({ rack }: { rack: Rack }) {
  const packs = packNumbers.value.map((number) => [number, packSignal(number).value] as const);
  const known = packs.filter((one): one is readonly [number, Pack] => one[1] !== null);
  const own = rackSentence(rack, known, serverClock_s.value);
  if (own !== null) return <>{unbroken(own)}</>;
  return rack.sentence ? <span lang="en">{unbroken(rack.sentence)}</span> : <>{words.rack.noSentence}</>;
}
