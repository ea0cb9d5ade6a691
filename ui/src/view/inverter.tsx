// The inverter: what it is told now, why no more than that, and what is wrong between it and the gateway.

import { standingSaid, stepWords } from "../gatewaysentence";
import { inverterWords } from "../i18n/inverter";
import { words } from "../i18n/words";
import { gateway, serverGone } from "../live";
import { address } from "../route";
import { tagOf } from "../told";
import { Troubles } from "./troubles";
import { Block } from "./values";

export function InverterBlock() {
  const now = gateway.value;
  if (!now) return null;
  const said = standingSaid(now);
  const steps = now.chain?.map(stepWords) ?? [];
  const composed = steps.length > 0 && steps.every((step) => step !== null);
  return (
    <Block
      title={inverterWords.title}
      class="inverter-block"
      aside={<a class="aside" href={address("gateway")}>{words.nav.places.gateway}</a>}
    >
      <p>
        <strong>{now.title}</strong>
      </p>
      {serverGone.value ? <p>{inverterWords.gone}</p> : <p lang={said.lang}>{said.text}</p>}
      {serverGone.value ? null : (
        <>
          <Troubles gateway={now} />
          {now.why.length === 0 ? null : (
            <details>
              <summary>{inverterWords.why}</summary>
              <ol {...(composed ? {} : { lang: "en" })}>
                {(composed ? steps : now.why).map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            </details>
          )}
        </>
      )}
      <p class="note">
        {now.simulated ? `${inverterWords.simulated} ` : ""}
        <span lang={tagOf(now.spoken ?? "en")}>
          {now.dialect}: {now.evidence}.
        </span>
      </p>
    </Block>
  );
}
