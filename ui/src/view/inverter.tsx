// The inverter: what it is told now, why no more than that, and what is wrong between it and the gateway.

import { gateway, serverGone } from "../live";
import { words } from "../i18n/words";
import { Shape } from "./state";
import { Block } from "./values";

export function InverterBlock() {
  const now = gateway.value;
  if (!now) return null;
  return (
    <Block title={words.inverter.title}>
      <p>
        <strong>{now.title}</strong>
      </p>
      <p>{serverGone.value ? words.inverter.gone : now.sentence}</p>
      {serverGone.value ? null : (
        <>
          <ul class="reasons">
            {now.alarms.map((alarm) => (
              <li key={alarm.trouble} class="level-warning">
                <Shape level="warning" />
                <span>{alarm.sentence}</span>
              </li>
            ))}
          </ul>
          {now.why.length === 0 ? null : (
            <details>
              <summary>{words.inverter.why}</summary>
              <ol>
                {now.why.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            </details>
          )}
        </>
      )}
      <p class="note">
        {now.simulated ? `${words.inverter.simulated} ` : ""}
        {now.dialect}: {now.evidence}.
      </p>
    </Block>
  );
}
