// What needs attention, the worst first, each with the packs it concerns or the screen that says more.

import { matters, type Matter } from "../attention";
import { overviewWords } from "../i18n/overview";
import { words } from "../i18n/words";
import { connection, gateway, knownPacks, rack, serverGone, silence_s } from "../live";
import { address } from "../route";
import { SCREENS } from "../screens/registry";
import { Shape } from "./state";
import { Block } from "./values";

export function Attention() {
  const now = rack.value;
  if (!now) return null;
  const found = matters(now, knownPacks.value, gateway.value, serverGone.value, silence_s.value, connection.value);
  return (
    <Block title={overviewWords.attention} of={now} class="attention-block">
      {found.length === 0 ? (
        <p class="all-well">
          <Shape level="nominal" />
          {overviewWords.allWell}
        </p>
      ) : (
        <ul class="matters">{found.map((matter) => <Line key={matter.key} matter={matter} />)}</ul>
      )}
    </Block>
  );
}

function Line({ matter }: { matter: Matter }) {
  const { place } = matter;
  return (
    <li class={`level-${matter.level}`}>
      <Shape level={matter.level} />
      <span>
        <span class="hidden">{words.level[matter.level]}: </span>
        <span {...(matter.english ? { lang: "en" } : {})}>{matter.text}</span>
        {matter.packs.map((number, index) => (
          <span key={number}>
            {index === 0 ? " · " : ", "}
            <a href={address("pack", number)}>{words.pack.title(number)}</a>
          </span>
        ))}
        {place && SCREENS[place] ? (
          <>
            {" · "}
            <a href={address(place)}>{words.nav.places[place]}</a>
          </>
        ) : null}
      </span>
    </li>
  );
}
