// The rack's sentence where it stands as a heading: composed here in the reader's language, or the server's own words.

import { barredByGateway } from "../attention";
import { duration, unbroken } from "../format";
import { connectionWords } from "../i18n/connection";
import { language } from "../i18n/language";
import { words } from "../i18n/words";
import { connection, gateway, knownPacks, serverClock_s, unheard_s } from "../live";
import type { Rack } from "../model";
import { rackSentence } from "../racksentence";
import { tagOf } from "../told";

/** Whether nothing can be said about the rack itself: then the way to it is what matters, and that is known now. */
export function saysTheLink(rack: Rack): boolean {
  const link = connection.value;
  return link !== null && link.state in connectionWords.sentence && (rack.freshness !== "fresh" || knownPacks.value.length === 0);
}

export function RackSentence({ rack }: { rack: Rack }) {
  const link = connection.value;
  if (link && saysTheLink(rack)) {
    const age = unheard_s.value;
    const own = language.value !== "en" || (link.state === "lost" && age !== null);
    const about = own ? connectionWords.sentence[link.state]?.(link.link, duration(age ?? 0)) : undefined;
    return about === undefined ? <span lang={tagOf(link.spoken ?? "en")}>{unbroken(link.sentence)}</span> : <>{unbroken(about)}</>;
  }
  const own = rackSentence(rack, knownPacks.value, serverClock_s.value, gateway.value?.told, barredByGateway(gateway.value));
  if (own !== null) return <>{unbroken(own)}</>;
  return rack.sentence ? <span lang="en">{unbroken(rack.sentence)}</span> : <>{words.rack.noSentence}</>;
}
