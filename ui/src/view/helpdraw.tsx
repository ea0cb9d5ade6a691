// Drawings of one's own rack: pick battery, inverter and count; the server draws wiring, cable and switches.

import { useState } from "preact/hooks";
import { helpToolWords as say } from "../i18n/helptools";
import { language } from "../i18n/language";
import { own, tagOf, type Said } from "../told";
import { HELP } from "./helpdata";

interface Wanted {
  battery: string;
  inverter: string;
  packs: string;
  scheme: string;
}

export function RackPlanner() {
  const [wanted, setWanted] = useState<Wanted>({ battery: "syscom-a5l-51v2", inverter: "victron", packs: "4", scheme: "" });
  const set = (key: keyof Wanted) => (event: { currentTarget: { value: string } }) =>
    setWanted({ ...wanted, [key]: event.currentTarget.value });
  const product = HELP.products.find(({ key }) => key === wanted.battery);
  const schemes = Object.entries(HELP.schemes).filter(([, count]) => product?.switches === null && product.switch_positions === count);
  const scheme = schemes.some(([name]) => name === wanted.scheme) ? wanted.scheme : "";
  const query = new URLSearchParams({ ...wanted, scheme, lang: language.value }).toString();
  return (
    <>
      <p>{say.plannerIntro}</p>
      <div class="planner">
        <label>{say.product}
          <select value={wanted.battery} onChange={set("battery")}>
            {HELP.products.map(({ key, title }) => <option key={key} value={key}>{title}</option>)}
          </select>
        </label>
        <label>{say.inverter}
          <select value={wanted.inverter} onChange={set("inverter")}>
            {HELP.inverters.map(({ key, title }) => <option key={key} value={key}>{title}</option>)}
          </select>
        </label>
        <label>{say.packs}
          <input type="number" inputMode="numeric" min={1} max={64} value={wanted.packs} onChange={set("packs")} />
        </label>
        {schemes.length > 0 ? (
          <label>{say.scheme}
            <select value={scheme} onChange={set("scheme")}>
              <option value="">{say.noScheme}</option>
              {schemes.map(([name]) => <option key={name} value={name}>{name}</option>)}
            </select>
          </label>
        ) : null}
      </div>
      <div class="drawings">
        {(["plan", "cable", "dip"] as const).map((kind) => (
          <Drawing key={kind} title={say[kind]} address={`/api/install/${kind}.svg?${query}`} />
        ))}
      </div>
      <p><a href={`/api/install/plan?${query}`} target="_blank" rel="noopener" hreflang={language.value}>{say.asText}</a></p>
    </>
  );
}

/** A drawing, or the server's reason why there is none. */
function Drawing({ title, address }: { title: string; address: string }) {
  // Of which drawing the reason was asked: it may come when another one is wanted already.
  const [refused, setRefused] = useState<{ address: string; reason: Said } | null>(null);
  const problem = refused?.address === address ? refused.reason : null;
  const failed = () =>
    reason(address).then(
      (told) => setRefused({ address, reason: told }),
      () => setRefused({ address, reason: own(say.noServer) }),
    );
  return (
    <figure class="drawing">
      <figcaption>{title}</figcaption>
      {problem ? <p class="not-drawn">{say.notDrawn} <span lang={problem.lang}>{problem.text}</span></p> : (
        <a href={address} target="_blank" rel="noopener" title={say.open}>
          <img key={address} src={address} alt={title} onError={failed} />
        </a>
      )}
    </figure>
  );
}

async function reason(address: string): Promise<Said> {
  const answer = await fetch(address);
  const { detail }: { detail?: unknown } = await answer.json();
  return typeof detail === "string" ? { text: detail, lang: tagOf(answer.headers.get("Content-Language") ?? "en") } : own(say.noServer);
}
