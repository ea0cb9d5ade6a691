// The rack at a glance: one sentence, which way power flows, what needs attention, why no more, the modules, the past.

import { words } from "../i18n/words";
import { rack } from "../live";
import { Attention } from "../view/attention";
import { Cabinet } from "../view/cabinet";
import { Flow } from "../view/flow";
import { Headline, Waiting } from "../view/headline";
import { InverterBlock } from "../view/inverter";
import { lazily } from "../view/lazy";
import { LimitsBlock } from "../view/limits";
import { stripsOf } from "../view/strips";
import { Block } from "../view/values";

/** Charts are heavy and about the past: they come when what is now has been drawn. */
const Charts = lazily(async () => (await import("../view/chart")).Charts);

export default function Overview() {
  const now = rack.value;
  if (!now) return <Waiting />;
  return (
    <div class="screen overview-screen">
      <Headline rack={now} reasons={false} />
      <Flow rack={now} />
      <div class="rack-columns">
        <div class="rack-side">
          <Attention />
          <Cabinet />
        </div>
        <div class="rack-side">
          <LimitsBlock rack={now} />
          <InverterBlock />
          <Block title={words.rack.lastMinutes} class="chart-block" of={now}>
            <Charts strips={stripsOf("rack")} group="rack" />
          </Block>
        </div>
      </div>
    </div>
  );
}
