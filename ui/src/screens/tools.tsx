// Every screen of the page, for phones, whose bar has room for few.

import { words } from "../i18n/words";
import { BAR, GROUPS, PLACES, type PlaceName } from "../places";
import { address } from "../route";
import { Icon } from "../view/icons";
import { registered } from "./registry";

export default function Tools() {
  return (
    <div class="screen text-screen tools-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{words.nav.places.tools}</h1>
      </header>
      {GROUPS.map((group) => {
        const places = registered().filter((name) => PLACES[name].group === group && !BAR.includes(name));
        return places.length === 0 ? null : (
          <section key={group} aria-labelledby={`tools-${group}`}>
            <h2 id={`tools-${group}`}>{words.nav.groups[group]}</h2>
            <ul class="tool-list">{places.map((name) => <Tool key={name} name={name} />)}</ul>
          </section>
        );
      })}
    </div>
  );
}

function Tool({ name }: { name: PlaceName }) {
  return (
    <li>
      <a href={address(name)}>
        <Icon name={PLACES[name].icon} />
        {words.nav.places[name]}
      </a>
    </li>
  );
}
