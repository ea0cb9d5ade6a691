// What a person in front of the battery must know, and what lamps, shapes and keys mean.

import { FLASHES, LEGEND } from "../lamps";
import type { Level } from "../status";
import { helpWords } from "../i18n/help";
import { helpToolWords } from "../i18n/helptools";
import { words } from "../i18n/words";
import { RackPlanner } from "./helpdraw";
import { LampDecoder } from "./helplamps";
import { Guides, HelpSearch } from "./helpsearch";
import { TroubleTree } from "./helptree";
import { AddSwitch, LampRow } from "./panel";
import { Shape } from "./state";
import { Block } from "./values";

export function HelpScreen() {
  const help = helpWords;
  return (
    <div class="screen text-screen help-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{help.title}</h1>
      </header>
      <HelpSearch />
      <Block title={help.dangers} class="danger-block">
        <p>{help.dangersIntro}</p>
        <ul class="hazards">{help.hazards.map((hazard) => <li key={hazard}><Shape level="warning" />{hazard}</li>)}</ul>
        <p>{help.professional}</p>
      </Block>
      <div class="help-columns">
        <ListBlock title={help.handling} items={help.handlingItems} />
        <div>
          <ListBlock title={help.removal} items={help.removalItems} ordered />
          <ListBlock title={help.spacing} items={help.spacingItems} />
        </div>
      </div>
      <Block title={helpToolWords.decoder}><LampDecoder /></Block>
      <Block title={helpToolWords.tree}><TroubleTree /></Block>
      <Block title={helpToolWords.planner}><RackPlanner /></Block>
      <Block title={helpToolWords.guides}><Guides /></Block>
      <LampLegend />
      <div class="help-columns">
        <ShapeLegend />
        <div>
          <Block title={help.addSwitch}>
            <p>{help.addIntro}</p>
            <ul class="add-rows">
              {[1, 2, 3, 15].map((address) => (
                <li key={address}>
                  <span class="face sample"><AddSwitch switches={[0, 1, 2, 3].map((bit) => (address >> bit) % 2 === 1)} named /></span>
                  {address}
                </li>
              ))}
            </ul>
          </Block>
          <Block title={help.keys}>
            <dl class="pairs keys">
              {help.keyList.map(([key, meaning]) => (
                <div key={key}>
                  <dt><kbd>{key}</kbd></dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </Block>
        </div>
      </div>
    </div>
  );
}

function ListBlock({ title, items, ordered = false }: { title: string; items: string[]; ordered?: boolean }) {
  const List = ordered ? "ol" : "ul";
  return (
    <Block title={title}>
      <List class="plain-list">{items.map((item) => <li key={item}>{item}</li>)}</List>
    </Block>
  );
}

function LampLegend() {
  const help = helpWords;
  return (
    <Block title={help.lamps}>
      <p>{help.lampsIntro}</p>
      <table class="legend">
        <thead>
          <tr>
            <th scope="col">{help.lampsColumn}</th>
            <th scope="col">{help.situation}</th>
          </tr>
        </thead>
        <tbody>
          {LEGEND.map((row) => (
            <tr key={row.key}>
              <td><span class="face sample"><LampRow lamps={row.lamps} /></span></td>
              <td>
                {help.rows[row.key][0]}
                <small>{help.rows[row.key][1]}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl class="flashes">
        {FLASHES.map((flash) => (
          <div key={flash}>
            <dt><span class="face sample"><i class="lamp lamp-run" data-mode={flash} /></span>{words.lamps[flash]}</dt>
            <dd>{words.lamps.timing[flash]}</dd>
          </div>
        ))}
      </dl>
    </Block>
  );
}

function ShapeLegend() {
  const levels = Object.keys(helpWords.shapeRows) as Level[];
  return (
    <Block title={helpWords.shapes}>
      <dl class="shape-rows">
        {levels.map((level) => (
          <div key={level}>
            <dt class={`level-${level}`}>
              <Shape level={level} />
              {words.level[level]}
            </dt>
            <dd>{helpWords.shapeRows[level]}</dd>
          </div>
        ))}
      </dl>
    </Block>
  );
}
