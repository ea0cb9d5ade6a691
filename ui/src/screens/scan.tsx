// Scan: who is on the line as a rack with its address switches, what is wrong with them, and what to do.

import { useEffect } from "preact/hooks";
import { dialectTitle, fetchChoices } from "../choices";
import { duration, measured } from "../format";
import { scanWords as text } from "../i18n/scan";
import { serviceWords } from "../i18n/service";
import { words } from "../i18n/words";
import { begin, newest, whyNot } from "../jobs";
import { connection, serverClock_s } from "../live";
import { address } from "../route";
import { moves, slots, switchesFor, type Slot } from "../scanned";
import { ask, type Job, type Survey, type SurveyedPack, type Told } from "../service";
import { spokenIn } from "../told";
import { AddSwitch } from "../view/panel";
import { Deeds, JobPanel } from "../view/service";
import { Shape } from "../view/state";
import { Block } from "../view/values";
import { signal } from "@preact/signals";

/** The last scan that the server has, whoever began it. */
const last = signal<Job | null>(null);

async function findLast(): Promise<void> {
  try {
    const scan = (await ask<Job[]>("GET", "api/jobs")).find((job) => job.kind === "scan" && job.state !== "running");
    if (scan) last.value = await ask<Job>("GET", `api/jobs/${scan.job}`);
  } catch (problem) {
    console.info("The server did not give its last scan.", problem);
  }
}

export default function Scan() {
  useEffect(() => {
    void findLast();
    fetchChoices().catch((problem: unknown) => console.info("The server did not tell what dialects are called.", problem));
  }, []);
  const now = newest.value;
  useEffect(() => {
    if (now?.kind === "scan" && now.result) last.value = now;
  }, [now]);
  const job = last.value;
  const survey = (job?.result ?? null) as unknown as Survey | null;
  const runs = now?.kind === "scan" && now.state === "running";
  const why = whyNot("operator") ?? (connection.value?.state === "disconnected" ? serviceWords.notConnected : null);
  return (
    <div class="screen scan-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{survey && !runs ? outcome(survey) : text.title}</h1>
        {survey && job?.ended_s != null && !runs ? <p class="note">{text.on(survey.link, age(job.ended_s))}</p> : <p class="note">{text.intro}</p>}
        <Deeds deeds={[{ name: survey ? text.again : text.scan, act: () => void begin("api/scan", {}), why, look: "main" }]} />
        <p><a href={address("connect")}>{text.elsewhere}</a></p>
      </header>
      <JobPanel kinds={["scan"]} />
      {survey && !runs ? (
        <div class="scan-grid">
          <RackPicture survey={survey} />
          <Wrong survey={survey} told={job} />
        </div>
      ) : null}
    </div>
  );
}

function age(ended_s: number): string {
  return words.ago(duration(Math.max(0, (serverClock_s.value ?? ended_s) - ended_s)));
}

function outcome(survey: Survey): string {
  const count = survey.packs.length;
  const wrong = survey.remarks.length;
  return words.text([count === 0 ? text.nobody : text.found(count), count === 0 ? null : wrong === 0 ? text.allRight : text.wrong(wrong)].filter((part) => part !== null));
}

function RackPicture({ survey }: { survey: Survey }) {
  const found = slots(survey);
  if (found.length === 0) return null;
  const to = moves(found);
  return (
    <Block title={text.picture} class="scan-picture">
      <ol class="scan-rack">
        {found.map((slot) => (
          <li key={slot.number}>
            <SlotShown slot={slot} survey={survey} free={to.get(slot.number) ?? slot.number} />
          </li>
        ))}
      </ol>
      <p class="note">{text.pictureNote}</p>
    </Block>
  );
}

function SlotShown({ slot, survey, free }: { slot: Slot; survey: Survey; free: number }) {
  const { number, packs, doubled } = slot;
  const wanted = (to: number) => switchesFor(to, survey.packs);
  if (packs.length === 0 || doubled) {
    const to = free;
    return (
      <div class="scan-slot wrong">
        <p class="slot-name">
          <Shape level="warning" />
          {doubled ? text.twice(number) : text.free(number)}
        </p>
        {packs.map((pack) => <Facts key={pack.serial ?? pack.address} pack={pack} />)}
        <Switches name={`${words.pack.title(to)}: ${text.setTo}`} switches={wanted(to)} />
      </div>
    );
  }
  return (
    <>
      {packs.map((pack) => (
        <div key={pack.serial ?? pack.address} class={number === 0 ? "scan-slot wrong" : "scan-slot"}>
          <p class="slot-name">
            <Shape level={number === 0 ? "warning" : "nominal"} />
            {words.pack.title(number)}
            {pack.master ? <small>{text.master}</small> : null}
          </p>
          <Facts pack={pack} />
          <Switches name={text.isSet} switches={pack.address_switches ?? null} />
          {number === 0 ? <Switches name={`${words.pack.title(free)}: ${text.setTo}`} switches={wanted(free)} /> : null}
        </div>
      ))}
    </>
  );
}

function Facts({ pack }: { pack: SurveyedPack }) {
  const told = [pack.serial, pack.pack_voltage_v === undefined ? null : measured(pack.pack_voltage_v, 1, "V"), pack.soc_pct === undefined ? null : measured(pack.soc_pct, 0, "%")];
  return (
    <p class="slot-facts">
      <span class="num">{told.filter(Boolean).join(" · ")}</span>
      <small lang="en">{dialectTitle(pack.dialect)}{pack.baud === null ? "" : `, ${pack.baud}`}</small>
    </p>
  );
}

function Switches({ name, switches }: { name: string; switches: boolean[] | null }) {
  if (!switches || switches.length === 0) return null;
  return (
    <p class="slot-switches">
      <span>{name}</span>
      <AddSwitch switches={switches} named />
    </p>
  );
}

/** In English the server's sentence, which names packs and switches; else the page's own for the kind. */
function Wrong({ survey, told }: { survey: Survey; told: Told | null }) {
  return (
    <Block title={text.what} class="scan-wrong">
      {survey.remarks.length === 0 ? <p class="all-well"><Shape level="nominal" />{text.allRight}</p> : null}
      <ul class="remarks">
        {survey.remarks.map((remark) => {
          const own = text.kind[remark.kind];
          const whole = own === undefined || !told?.untranslated.includes(remark.sentence);
          return (
            <li key={remark.sentence}>
              <Shape level="warning" />
              <span>
                {whole && told ? <strong key="told" {...spokenIn(told, remark.sentence)}>{remark.sentence}</strong> : <strong key="own">{own?.what}</strong>}
                {!whole && remark.packs.length > 0 ? ` ${words.listAnd(remark.packs.map((pack) => words.pack.title(pack)))}.` : null}
                {own ? <small>{own.next}</small> : null}
              </span>
            </li>
          );
        })}
      </ul>
      <p class="note">{text.tried(survey.tried.length)}</p>
    </Block>
  );
}
