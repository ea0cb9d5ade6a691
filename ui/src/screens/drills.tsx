// Drills: a fault made on purpose on a virtual rack of its own, what the inverter is told, and whether the rules held.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { may } from "../access";
import { Asker } from "../ask";
import { fixed } from "../format";
import { drillsWords as text } from "../i18n/drills";
import type { Drill, DrillRun } from "../drill";
import { DrillResult } from "../view/drillresult";

const list = new Asker<{ drills: Drill[]; available: boolean; running: string | null }>();
const run = new Asker<DrillRun>();

export default function Drills() {
  const chosen = useSignal<string | null>(null);
  useEffect(() => void list.ask("api/drills"), []);
  const known = list.held.value;
  const result = run.held.value;
  const start = async (name: string) => {
    chosen.value = name;
    await run.ask(`api/drills/${encodeURIComponent(name)}`, "POST");
    document.getElementById("drill-result")?.focus();
  };
  return (
    <div class="screen drills-screen">
      <header class="headline">
        <p class="headline-state"><span class="virtual big">{text.virtual}</span></p>
        <h1 class="sentence" tabIndex={-1}>{text.title}</h1>
        <p class="under-sentence">{text.meaning}</p>
      </header>
      {known === null ? <div aria-busy="true" /> : null}
      {known?.refused ? <p role="alert">{text.refused} <span lang={known.refused.lang}>{known.refused.sentence}</span></p> : null}
      {known?.value?.available === false ? <NotHere /> : null}
      <ul class="drill-list">
        {(known?.value?.drills ?? []).map((drill) => (
          <DrillCard
            key={drill.name}
            drill={drill}
            able={known?.value?.available === true && may("operator") && !run.busy.value}
            running={run.busy.value && chosen.value === drill.name}
            shown={result?.value?.drill === drill.name}
            start={() => void start(drill.name)}
          />
        ))}
      </ul>
      <div id="drill-result" tabIndex={-1} aria-live="polite" aria-busy={run.busy.value || undefined}>
        {run.busy.value ? <p class="note">{text.running}</p> : null}
        {result?.refused ? <p role="alert" lang={result.refused.lang}>{result.refused.sentence}</p> : null}
        {result?.value && !run.busy.value ? <DrillResult result={result.value} title={titleOf(result.value.drill, result.value.title)} /> : null}
      </div>
    </div>
  );
}

function titleOf(name: string, told: string) {
  const own = text.name[name]?.title;
  return own === undefined ? <span lang="en">{told}</span> : <>{own}</>;
}

function NotHere() {
  return (
    <div class="not-here">
      <p>{text.notHere} {text.notHereNext}</p>
      <pre class="command">openress up</pre>
    </div>
  );
}

function DrillCard(props: { drill: Drill; able: boolean; running: boolean; shown: boolean; start: () => void }) {
  const { drill } = props;
  const own = text.name[drill.name];
  return (
    <li class={props.shown ? "drill shown" : "drill"}>
      <h2>{titleOf(drill.name, drill.title)}</h2>
      <p {...(own ? {} : { lang: "en" })}>{own?.shows ?? drill.shows}</p>
      <p class="drill-do">
        <button type="button" disabled={!props.able} onClick={props.start} {...(props.running ? {} : { "aria-label": text.runName(own?.title ?? drill.title) })}>
          {props.running ? text.running : text.run}
        </button>
        <span class="note">{text.takes(`${fixed(drill.seconds, 0)}\u00a0s`)}</span>
      </p>
    </li>
  );
}
