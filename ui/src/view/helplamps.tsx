// The lamp decoder: click the lamps as they are on the pack, and read what the pack does, what it means, what to do.

import { useState } from "preact/hooks";
import { helpToolWords as say } from "../i18n/helptools";
import { spokenIn } from "../told";
import { nearStates, statesOf } from "./helpdata";
import { useHelp } from "./helptold";

const MODES = ["off", "on", "flash1", "flash2", "flash3"];
const KINDS = ["run", "alm", "soc", "soc", "soc", "soc"];

export function LampDecoder() {
  const [lamps, setLamps] = useState(["flash1", "off", "on", "on", "off", "off"]);
  const help = useHelp();
  const found = statesOf(lamps, help);
  const names = [say.run, say.alm, ...[1, 2, 3, 4].map(say.soc)];
  const set = (index: number, mode: string) => setLamps(lamps.map((old, at) => (at === index ? mode : old)));
  return (
    <>
      <p>{say.decoderIntro}</p>
      <div class="decoder">
        {names.map((name, index) => (
          <div key={name} class="decoder-lamp">
            <button type="button" class="face sample" aria-label={say.nextMode(name)} onClick={() => set(index, after(lamps[index]))}>
              <i class={`lamp lamp-${KINDS[index]}`} data-mode={lamps[index]} />
            </button>
            <span aria-hidden="true">{name}</span>
            <select aria-label={name} value={lamps[index]} onChange={(event) => set(index, event.currentTarget.value)}>
              {MODES.map((mode) => <option key={mode} value={mode}>{say.modes[mode]}</option>)}
            </select>
          </div>
        ))}
      </div>
      <div class="decoded" aria-live="polite">
        {found.length > 1 ? <p>{say.several(found.length)}</p> : null}
        {found.length === 0 ? <NoState run={lamps[0] ?? ""} alm={lamps[1] ?? ""} /> : null}
        {found.map(({ state, charge }) => (
          <article key={`${state.state} ${charge}`}>
            <h3><span {...spokenIn(help, state.state)}>{state.state}</span>{charge ? say.charge(...charge) : ""}</h3>
            <p {...spokenIn(help, state.meaning)}>{state.meaning}</p>
            <p><strong>{say.next}</strong> <span {...spokenIn(help, state.next_step)}>{state.next_step}</span></p>
          </article>
        ))}
      </div>
    </>
  );
}

function after(mode: string | undefined): string {
  return MODES[(MODES.indexOf(mode ?? "") + 1) % MODES.length] ?? "off";
}

function NoState({ run, alm }: { run: string; alm: string }) {
  const near = nearStates(run, alm, useHelp());
  return <p>{say.noState} {near.length > 0 ? say.nearest(near) : null}</p>;
}
