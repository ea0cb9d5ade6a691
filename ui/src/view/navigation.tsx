// Where one can go: a grouped rail at the left of a desktop, a bar of few at the bottom of a phone.

import { words } from "../i18n/words";
import { BAR, BAR_ONLY, GROUPS, PLACES, type PlaceName } from "../places";
import { address, type Route } from "../route";
import { registered } from "../screens/registry";
import { Icon } from "./icons";

export function Navigation({ here }: { here: Route }) {
  const there = registered();
  return (
    <nav class="rail" aria-label={words.nav.label}>
      <ul class="rail-groups">
        {GROUPS.map((group) => {
          const places = there.filter((name) => PLACES[name].group === group && !BAR_ONLY.includes(name));
          return places.length === 0 ? null : (
            <li key={group}>
              {words.nav.groups[group] ? <span class="rail-group" id={`rail-${group}`}>{words.nav.groups[group]}</span> : null}
              <ul {...(words.nav.groups[group] ? { "aria-labelledby": `rail-${group}` } : {})}>
                {places.map((name) => <Entry key={name} name={name} current={name === here.screen} />)}
              </ul>
            </li>
          );
        })}
      </ul>
      <ul class="bar">
        {BAR.filter((name) => there.includes(name)).map((name) => (
          <Entry key={name} name={name} current={name === here.screen || (name === "tools" && !BAR.includes(here.screen))} />
        ))}
      </ul>
    </nav>
  );
}

function Entry({ name, current }: { name: PlaceName; current: boolean }) {
  return (
    <li>
      <a href={address(name)} aria-current={current ? "page" : undefined}>
        <Icon name={PLACES[name].icon} />
        {words.nav.places[name]}
      </a>
    </li>
  );
}
