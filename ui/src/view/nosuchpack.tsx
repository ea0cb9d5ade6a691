// A screen of a pack that the rack does not have, and the ways to the same screen of those it has.

import { packNumbers } from "../live";
import { words } from "../i18n/words";
import type { PlaceName } from "../places";
import { address } from "../route";

/** Whether the rack has a pack; before any is known each may be there. */
export function hasPack(number: number): boolean {
  return packNumbers.value.length === 0 || packNumbers.value.includes(number);
}

export function NoSuchPack({ number, place }: { number: number; place: PlaceName }) {
  return (
    <div class="screen service-screen">
      <h1 class="sentence" tabIndex={-1}>{words.pack.unknown(number)}</h1>
      {packNumbers.value.length === 0 ? null : <p>{words.pack.unknownNext}</p>}
      <ul class="pack-choice">
        {packNumbers.value.map((known) => (
          <li key={known}>
            <a href={address(place, known)}>{words.pack.title(known)}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}
