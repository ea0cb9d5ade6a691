// Incidents: what the flight recorder kept around every event, and each of them second by second.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Asker } from "../ask";
import { clockTime, dayMonth, duration } from "../format";
import { incidentsWords as text } from "../i18n/incidents";
import { words } from "../i18n/words";
import type { Incident, Summary } from "../incident";
import { language } from "../i18n/language";
import { address } from "../route";
import { spokenIn } from "../told";
import { IncidentPlayer } from "../view/incidentplayer";
import { Shape } from "../view/state";
import { Block } from "../view/values";

/** While one is being recorded, the list is asked for again. */
const AGAIN_MS = 10_000;

const list = new Asker<Summary[]>();
const one = new Asker<Incident>();
const opened = signal<string | null>(null);

export default function Incidents({ rest }: { rest: readonly string[] }) {
  const name = rest[0];
  return name === undefined ? <List /> : <One name={name} />;
}

function List() {
  const told = list.held.value;
  const all = told?.value ?? [];
  const kept = all.filter((incident) => !incident.recording);
  const underWay = kept.length < all.length;
  useEffect(() => void list.ask("api/incidents"), [language.value]);
  useEffect(() => {
    if (!underWay) return;
    const timer = setInterval(() => void list.ask("api/incidents"), AGAIN_MS);
    return () => clearInterval(timer);
  }, [underWay]);
  return (
    <div class="screen incidents-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{told?.value ? headline(kept.length, underWay) : text.title}</h1>
        <p class="under-sentence">{text.how}</p>
      </header>
      {told === null ? <div aria-busy="true" /> : null}
      {told?.refused ? <p role="alert">{text.refused} <span lang={told.refused.lang}>{told.refused.sentence}</span></p> : null}
      {all.length === 0 ? null : (
        <Block title={text.title}>
          <ul class="incident-list">
            {all.map((incident) => (
              <li key={incident.id}>
                <Shape level={incident.kind === "fault" ? "fault" : incident.kind === "protection" ? "protection" : "warning"} />
                <span>
                  {incident.recording ? <What of={incident} /> : <a href={address("incidents", incident.id)}><What of={incident} /></a>}
                  <small>
                    {incident.recording ? text.recording(duration(incident.to_s - incident.from_s)) : text.lasts(duration(incident.to_s - incident.from_s))}
                  </small>
                </span>
              </li>
            ))}
          </ul>
        </Block>
      )}
    </div>
  );
}

function headline(kept: number, underWay: boolean): string {
  if (underWay) return kept === 0 ? text.underWay : words.text([text.underWay, text.count(kept)]);
  return kept === 0 ? text.none : text.count(kept);
}

function What({ of }: { of: Summary }) {
  return (
    <>
      <time>{dayMonth(of.time_s)} {clockTime(of.time_s)}</time> <span {...spokenIn(of, of.sentence)}>{of.sentence}</span>
    </>
  );
}

function One({ name }: { name: string }) {
  useEffect(() => {
    if (opened.peek() === name && one.held.peek()?.value) return;
    opened.value = name;
    one.held.value = null;
    void one.ask(`api/incidents/${encodeURIComponent(name)}`);
  }, [name]);
  const told = opened.value === name ? one.held.value : null;
  const incident = told?.value;
  return (
    <div class="screen incidents-screen">
      <header class="headline">
        <p><a href={address("incidents")}>{text.back}</a></p>
        <h1 class="sentence" tabIndex={-1}>{incident ? <span {...spokenIn(incident.incident, incident.incident.sentence)}>{incident.incident.sentence}</span> : text.title}</h1>
        {incident?.incident.missed ? <p class="note">{text.missed} <span {...spokenIn(incident.incident, incident.incident.missed)}>{incident.incident.missed}</span></p> : null}
        {incident ? (
          <p class="downloads">
            <a href={`api/incidents/${encodeURIComponent(name)}/file`} download>{text.download}</a>
            <a href={`api/incidents/${encodeURIComponent(name)}/file?redact=true`} download>{text.downloadRedacted}</a>
          </p>
        ) : null}
      </header>
      {told === null ? <div aria-busy="true" /> : null}
      {told?.refused ? <p role="alert">{text.refused} <span lang={told.refused.lang}>{told.refused.sentence}</span></p> : null}
      {incident ? <IncidentPlayer key={name} incident={incident} /> : null}
    </div>
  );
}
