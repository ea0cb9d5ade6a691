// A state told three ways at once: by a word, by a shape and by a colour.

import { serverGone } from "../live";
import type { Battery, PackState } from "../model";
import { levelOf, type Level } from "../status";
import { words } from "../i18n/words";

const SHAPES: Record<Exclude<Level, "nominal">, string> = {
  notice: "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21z",
  warning: "M12 2.5 22.5 21h-21z",
  protection: "M7.4 1.5h9.2l5.9 5.9v9.2l-5.9 5.9H7.4l-5.9-5.9V7.4z",
  fault: "M12 .8 23.2 12 12 23.2.8 12z",
  asleep: "M20.5 14.6A9.3 9.3 0 0 1 9.4 3.5a9.3 9.3 0 1 0 11.1 11.1z",
  stale: "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21z",
  absent: "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21z",
};

const SIGNS: Partial<Record<Level, string>> = {
  notice: "M12 6.6v.4m0 4v6.4",
  warning: "M12 9v6m0 2.2v.6",
  protection: "M7 12h10",
  fault: "m8.8 8.8 6.4 6.4m0-6.4-6.4 6.4",
  stale: "M12 6.5V12l3.6 2.6",
};

/** The shape alone; the word beside it carries the meaning for those who do not see it. */
export function Shape({ level, state }: { level: Level; state?: PackState | null | undefined }) {
  return (
    <svg class={`shape level-${level}`} viewBox="0 0 24 24" aria-hidden="true">
      {level === "nominal" ? <Nominal state={state} /> : <path class="body" d={SHAPES[level]} />}
      {SIGNS[level] ? <path class="sign" d={SIGNS[level]} /> : null}
    </svg>
  );
}

function Nominal({ state }: { state: PackState | null | undefined }) {
  if (state === "CHARGE" || state === "DISCHARGE") {
    const arrow = state === "CHARGE" ? "M12 18V7m-4.6 4.6L12 7l4.6 4.6" : "M12 6v11m4.6-4.6L12 17l-4.6-4.6";
    return (
      <>
        <circle class="body" cx="12" cy="12" r="10.5" />
        <path class="sign" d={arrow} />
      </>
    );
  }
  return <circle class="ring" cx="12" cy="12" r="8.5" />;
}

/** The state in one or two words, the worst first: "Protection", "Warning, charging". */
export function stateWords(battery: Battery, level: Level): string {
  const state = battery.state ? words.state[battery.state] : words.unknownState;
  if (level === "nominal" || level === "stale") return state;
  if (level === "asleep" && battery.state === "OFF") return state;
  if (level === "warning" && battery.state) return words.warningWith(state);
  return words.level[level];
}

export function StateMark({ battery }: { battery: Battery }) {
  const level = levelOf(battery, serverGone.value);
  return (
    <span class={`state level-${level}`}>
      <Shape level={level} state={battery.state} />
      <span class="state-word">{stateWords(battery, level)}</span>
    </span>
  );
}
