// The rack's sentence where it stands as a heading: composed here in the reader's language, or the server's own words.

import { unbroken } from "../format";
import { words } from "../i18n/words";
import { knownPacks, serverClock_s } from "../live";
import type { Rack } from "../model";
import { rackSentence } from "../racksentence";

export function RackSentence({ rack }: { rack: Rack }) {
  const own = rackSentence(rack, knownPacks.value, serverClock_s.value);
  if (own !== null) return <>{unbroken(own)}</>;
  return rack.sentence ? <span lang="en">{unbroken(rack.sentence)}</span> : <>{words.rack.noSentence}</>;
}
