// Jobs on the line to the packs: the one that runs now, whoever began it, followed to its end.

import { computed, effect, signal } from "@preact/signals";
import { connection, job as running, serverGone } from "./live";
import { may, reader } from "./access";
import type { Role } from "./places";
import { ask, Refusal, type Job } from "./service";
import { serviceWords as text } from "./i18n/service";
import { language } from "./i18n/language";
import { words } from "./i18n/words";
import { inLanguage, own, tagOf, type Said } from "./told";

const AGAIN_MS = 1000;

/** The newest job that this page knows, running or ended; what screens show and what they read anew after. */
export const newest = signal<Job | null>(null);
/** What could not even begin, in the server's words. */
export const refused = signal<Said | null>(null);
/** Counts the jobs that have ended while this page looked, so that screens fetch what may have changed. */
export const endings = signal(0);

/** The job that has the line now. */
export const holder = computed<{ who: string; title: string; job: number; spoken?: string } | null>(() => {
  const now = newest.value;
  if (now?.state === "running") return now;
  const told = running.value;
  return told && told.state === "running" && told.job !== now?.job ? told : null;
});

/** The server was asked to begin a job and has not answered yet. */
const beginning = signal(false);
const begun = new Set<string>();
const onThisLine = (path: string) => `${connection.peek()?.link ?? ""} ${path}`;

/** Whether this page has asked for it on the line that is connected. */
export function wasBegun(path: string): boolean {
  return begun.has(onThisLine(path));
}

let stream: EventSource | null = null;
/** The last job that was shown: most are over before the next snapshot tells of them, and what was closed stays closed. */
let seen = 0;
let followed = 0;

/** Begins a job and follows it; gives it when it has ended, or `null` where it could not begin. */
export async function begin(path: string, body: unknown = undefined): Promise<Job | null> {
  refused.value = null;
  begun.add(onThisLine(path));
  beginning.value = true;
  try {
    const job = await ask<Job>("POST", path, body);
    follow(job);
    beginning.value = false;
    return await ended(job.job);
  } catch (problem) {
    refused.value = sentenceOf(problem);
    return null;
  } finally {
    beginning.value = false;
  }
}

/** What went wrong, for a person. */
export function sentenceOf(problem: unknown): Said {
  if (!(problem instanceof Refusal)) throw problem;
  if (problem.message) return { text: problem.message, lang: tagOf(problem.language) };
  return own(problem.status === 0 ? text.noAnswer : text.refusedWith(problem.status));
}

export async function stop(): Promise<void> {
  const now = holder.value;
  if (!now) return;
  try {
    await ask<Job>("POST", `api/jobs/${now.job}/stop`);
  } catch (problem) {
    refused.value = sentenceOf(problem);
  }
}

function follow(job: Job): void {
  seen = job.job;
  newest.value = job;
  if (job.state !== "running") {
    endings.value += 1;
    return;
  }
  stream?.close();
  followed = job.job;
  const source = (stream = new EventSource(inLanguage(`api/jobs/${job.job}/stream`)));
  source.addEventListener("job", (event) => {
    const told = JSON.parse((event as MessageEvent<string>).data) as Job;
    newest.value = told;
    if (told.state === "running") return;
    source.close();
    endings.value += 1;
  });
  source.addEventListener("error", () => {
    source.close();
    setTimeout(() => void lookAgain(job), AGAIN_MS);
  });
}

/** After the stream broke off: the job goes on where it is, or is not known to a server that was started anew. */
async function lookAgain(job: Job): Promise<void> {
  if (followed !== job.job || newest.peek()?.state !== "running") return;
  if (serverGone.peek()) {
    setTimeout(() => void lookAgain(job), AGAIN_MS);
    return;
  }
  try {
    follow(await ask<Job>("GET", `api/jobs/${job.job}`));
  } catch (problem) {
    if (problem instanceof Refusal && problem.status === 404) {
      newest.value = { ...job, state: "failed", sentence: text.restarted, language: language.value, untranslated: [] };
      endings.value += 1;
    } else setTimeout(() => void lookAgain(job), AGAIN_MS);
  }
}

function ended(number: number): Promise<Job | null> {
  return new Promise((resolve) => {
    const dispose = effect(() => {
      const now = newest.value;
      if (now === null || (now.job === number && now.state === "running")) return;
      queueMicrotask(() => dispose());
      resolve(now.job === number ? now : null);
    });
  });
}

/** Has the job that is shown told anew in the language that the page speaks from now on. */
effect(() => {
  const spoken = language.value;
  const now = newest.peek();
  if (now === null || now.language === spoken || now.state === "running") return;
  ask<Job>("GET", `api/jobs/${now.job}`).then(
    (told) => {
      if (newest.peek()?.job === told.job) newest.value = told;
    },
    (problem: unknown) => console.info("A job is not told.", problem),
  );
});

let watching = false;

/** Follows what others begin, and finds again what ran or ended before this page was loaded. */
export function watchJobs(): void {
  if (watching) return;
  watching = true;
  void ask<Job[]>("GET", "api/jobs").then(
    async ([latest]) => {
      if (latest && newest.peek() === null) follow(await ask<Job>("GET", `api/jobs/${latest.job}`));
    },
    (problem: unknown) => console.info("The server did not give its jobs.", problem),
  );
  effect(() => {
    const told = running.value;
    if (!told || told.job === seen || told.job === newest.peek()?.job) return;
    seen = told.job;
    ask<Job>("GET", `api/jobs/${told.job}`).then(follow, (problem: unknown) => console.info("A job is not told.", problem));
  });
}

/** Why nothing can be asked of the line by this reader now; `null` where it can. */
export function whyNot(role: Role): string | null {
  if (serverGone.value) return words.footer.lost;
  if (!may(role)) {
    const mine = reader.value;
    return text.needsRole(words.nav.roles[role], mine === null ? null : words.nav.roles[mine.role]);
  }
  if (beginning.value) return text.beginning;
  const held = holder.value;
  if (held) return text.heldBy(held.who);
  return null;
}

/** The same for what needs packs to be connected. */
export function whyNotPacks(role: Role): string | null {
  return whyNot(role) ?? (connection.value?.state === "disconnected" ? text.notConnected : null);
}
