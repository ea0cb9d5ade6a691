// The gateway: what is on the wire now, decoded, why each value is what it is, and what is told when data stop.

import { duration, unbroken } from "../format";
import { standingSaid } from "../gatewaysentence";
import { gatewayWords as text } from "../i18n/gateway";
import { inverterWords } from "../i18n/inverter";
import { language } from "../i18n/language";
import { gateway, rack, serverGone } from "../live";
import type { Compared, Gateway as State, WireFrame } from "../model";
import { tagOf, type Said } from "../told";
import { Chain } from "../view/chains";
import { Decoded, DecodedList, KeyName, withUnit } from "../view/decoded";
import { FailSafeBlock } from "../view/failsafe";
import { Waiting } from "../view/headline";
import { LimitsBlock } from "../view/limits";
import { Troubles } from "../view/troubles";
import { Block } from "../view/values";

export default function Gateway() {
  const now = gateway.value;
  if (!rack.value) return <Waiting />;
  if (!now) return <NoGateway />;
  const frames = now.frames ?? [];
  const explained = now.explanation?.values ?? [];
  return (
    <div class="screen gateway-screen" data-fresh={serverGone.value ? "stale" : "fresh"}>
      <header class="headline">
        <p class="headline-state">
          <strong>{now.title}</strong>
          {now.simulated ? <span class="product-title">{inverterWords.simulated}</span> : null}
        </p>
        <h1 class="sentence" tabIndex={-1}><Lead now={now} /></h1>
        {serverGone.value ? null : <Troubles gateway={now} />}
        <p class="note under-sentence" lang={tagOf(now.spoken ?? "en")}>{[now.dialect, now.evidence].filter(Boolean).join(": ")} · {now.link}</p>
      </header>
      {now.unknown_polls ? <UnknownPolls path={now.unknown_polls} /> : null}
      <div class="gateway-grid">
        {now.shadow ? <Shadow values={now.shadow.values} said={standingSaid(now)} /> : null}
        <Block title={text.chains} class="chains-block">
          <p class="note">{text.chainsNote}</p>
          <div class="chains">
            {explained.map((value) => <Chain key={value.key} explained={value} gateway={now} rack={rack.value} />)}
          </div>
        </Block>
        <Wire now={now} frames={frames} />
        <div class="gateway-side">
          <LimitsBlock rack={rack.value} />
          {now.fail_safe ? <FailSafeBlock table={now.fail_safe} age_s={now.age_s} state={now.state} /> : null}
          {Object.keys(now.inverter_says ?? {}).length === 0 ? null : (
            <Block title={text.inverterSays}><DecodedList values={now.inverter_says ?? {}} /></Block>
          )}
        </div>
      </div>
    </div>
  );
}

function NoGateway() {
  return (
    <div class="screen text-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{text.none}</h1>
        <p>{text.noneNext}</p>
      </header>
      <pre class="command">openress up --inverter auto</pre>
    </div>
  );
}

/** In English the whole reason; else where the session stands, with the reasons below. */
function Lead({ now }: { now: State }) {
  if (serverGone.value) return <>{inverterWords.gone}</>;
  const told = now.explanation?.sentence;
  if (language.value === "en") return <>{unbroken(told && now.shadow == null ? told : now.sentence)}</>;
  const said = standingSaid(now);
  return <span lang={said.lang}>{unbroken(said.text)}</span>;
}

function UnknownPolls({ path }: { path: string }) {
  return (
    <Block title={text.unknown} class="unknown-block">
      <p>{text.unknownNext}</p>
      <p><code>{path}</code></p>
    </Block>
  );
}

function Wire({ now, frames }: { now: State; frames: WireFrame[] }) {
  const heard = now.inverter_heard_s;
  return (
    <Block title={text.wire} class="wire-block">
      <p class="note">
        {now.age_s == null || frames.length === 0 ? null : `${text.ages(duration(now.age_s))} `}
        {heard == null ? text.neverHeard : text.heard(duration(heard))}
      </p>
      {frames.length === 0 ? <p class="empty">{text.silent}</p> : null}
      <ul class="frames">{frames.map((frame, index) => <Frame key={index} frame={frame} />)}</ul>
    </Block>
  );
}

function Frame({ frame }: { frame: WireFrame }) {
  const [id, data] = frame.frame.includes("#") ? frame.frame.split("#") : [null, frame.frame];
  return (
    <li>
      <p class="frame-bytes">
        {id === null ? null : <b>{id}</b>}
        <code>{id === null ? data : (data?.match(/../g)?.join(" ") ?? "")}</code>
        {frame.kind ? <FrameKind of={frame.kind} /> : null}
      </p>
      {frame.question ? <p class="note">{text.question("")}<code>{frame.question}</code></p> : null}
      {frame.problem ? <p class="note" lang={tagOf(frame.spoken ?? "en")}>{frame.problem}</p> : null}
      {frame.values ? <DecodedList values={frame.values} /> : null}
    </li>
  );
}

/** What a frame is about; one that the page has no words for is named as its dialect names it. */
function FrameKind({ of: kind }: { of: string }) {
  const own = text.kind[kind];
  return <span class="frame-kind" {...(own === undefined ? { lang: "en" } : {})}>{own ?? kind.replaceAll("_", " ")}</span>;
}

function Shadow({ values, said }: { values: Compared[]; said: Said }) {
  return (
    <Block title={text.shadow} class="shadow-block">
      <p lang={said.lang}>{said.text}</p>
      <div class="wide-table" tabIndex={0} role="region" aria-label={text.shadow}>
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">{text.value}</th>
              <th scope="col">{text.ours}</th>
              <th scope="col">{text.theirs}</th>
              <th scope="col">{text.difference}</th>
            </tr>
          </thead>
          <tbody>
            {values.map((value) => (
              <tr key={value.key}>
                <th scope="row"><KeyName of={value.key} /></th>
                <td><Decoded of={value.key} value={value.ours} /></td>
                <td><Decoded of={value.key} value={value.theirs} /></td>
                <td class={value.agrees === false ? "level-warning" : undefined}>
                  {value.agrees == null ? "" : value.agrees ? text.agrees : value.difference == null ? text.differs : withUnit(value.difference, value.unit)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Block>
  );
}
