// What the packs allow, each limit with the reason that decides it.

import { words } from "../i18n/words";
import type { Known, Rack, Reason } from "../model";
import { because } from "../reason";
import { Block, Num, Pair } from "./values";

export function LimitsBlock({ rack: now }: { rack: Rack }) {
  return (
    <Block title={words.rack.limits} of={now}>
      <dl class="pairs">
        <Pair name={words.rack.chargeCurrent} note={clause(now.charge_reason)}><Num value={now.charge_current_limit_a} decimals={1} unit="A" /></Pair>
        <Pair name={words.rack.dischargeCurrent} note={clause(now.discharge_reason)}><Num value={now.discharge_current_limit_a} decimals={1} unit="A" /></Pair>
        <Pair name={words.rack.chargeVoltage}><Num value={now.charge_voltage_limit_v} decimals={1} unit="V" /></Pair>
        <Pair name={words.rack.dischargeVoltage}><Num value={now.discharge_voltage_limit_v} decimals={1} unit="V" /></Pair>
      </dl>
    </Block>
  );
}

function clause(reason: Known<Reason>): string | null {
  return reason ? because(reason) : null;
}
