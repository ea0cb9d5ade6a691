// What is wrong between the gateway and the inverter.

import { matters } from "../attention";
import type { Gateway } from "../model";
import { Shape } from "./state";

export function Troubles({ gateway }: { gateway: Gateway }) {
  if (gateway.alarms.length === 0) return null;
  return (
    <ul class="reasons">
      {matters({}, [], gateway, false, 0).map((alarm) => (
        <li key={alarm.key} class="level-warning">
          <Shape level="warning" />
          <span {...(alarm.english ? { lang: "en" } : {})}>{alarm.text}</span>
        </li>
      ))}
    </ul>
  );
}
