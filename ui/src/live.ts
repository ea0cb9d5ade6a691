// The link to the server: one event stream, everything that arrives in it, and the moment it falls silent.

import { batch, computed, signal, type Signal } from "@preact/signals";
import { SILENCE_S, ageNow, asHeard, isUnheard, rackAsHeard, youngest } from "./freshness";
import { History } from "./history";
import type { Language } from "./i18n/language";
import type { Connection, Delta, Gateway, Link, Pack, Rack, Recent, RunningJob, Simulation, Snapshot } from "./model";
import { NOTHING, takeDelta, takeSnapshot, type Sync } from "./sync";

const RETRY_MS = 2000;
const GIVE_UP_S = 10;
const PACKS_A_FRAME = 4;

/** `waiting` before the first snapshot, `live` while events arrive, `gone` from the first sign that they do not. */
export type ServerLink = "waiting" | "live" | "gone";

export const server = signal<ServerLink>("waiting");
export const rack = signal<Rack | null>(null);
export const packNumbers = signal<readonly number[]>([]);
export const links = signal<readonly Link[]>([]);
export const gateway = signal<Gateway | null>(null);
export const connection = signal<Connection | null>(null);
/** The newest job on the line to the packs, running or ended. */
export const job = signal<RunningJob | null>(null);
export const simulation = signal<Simulation | null>(null);
export const isVirtual = signal(false);
export const version = signal<string | null>(null);
/** Counts what is worth a new drawing of the charts. */
export const historyTick = signal(0);
export const history = new History();

/** Seconds since the last event, renewed twice a second and with every event. */
export const silence_s = signal(0);
/** The server's clock, carried on by ours; `null` before the first snapshot. */
export const serverClock_s = computed(() => (heardAt.value === null ? null : heardAt.value.time_s + silence_s.value));
export const serverGone = computed(() => server.value !== "live");

const packs = new Map<number, Signal<Pack | null>>();
const heardAt = signal<{ time_s: number } | null>(null);

/** One pack; `null` while the rack has none of that number. */
export function packSignal(number: number): Signal<Pack | null> {
  let found = packs.get(number);
  if (!found) {
    found = signal<Pack | null>(null);
    packs.set(number, found);
  }
  return found;
}

/** The packs that are there, with their numbers, in order. */
export const knownPacks = computed(() =>
  packNumbers.value.flatMap((number) => {
    const pack = packSignal(number).value;
    return pack === null ? [] : [[number, pack] as const];
  }),
);

/** Since any pack was heard last. */
export const unheard_s = computed(() => youngest(knownPacks.value.map(([, pack]) => ageNow(pack.age_s, silence_s.value))));

let sync: Sync = NOTHING;
let source: EventSource | null = null;
let drawing = false;
let fetching = false;
let lastEvent = { monotonic_ms: 0, wall_ms: 0 };
let retry: ReturnType<typeof setTimeout> | undefined;
let opened_ms = 0;
let dropped = false;
let silent: ReturnType<typeof setTimeout> | undefined;

/** In which language the server tells what is wrong. */
let heard: Language = "en";

export function start(chosen: Language): void {
  heard = chosen;
  setInterval(watch, 500);
  addEventListener("online", reopen);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") watch();
  });
  reopen();
}

/** Has the server tell in another language from now on. */
export function hear(chosen: Language): void {
  if (chosen === heard) return;
  heard = chosen;
  reopen();
}

function reopen(): void {
  clearTimeout(retry);
  source?.close();
  opened_ms = performance.now();
  source = new EventSource(`api/stream?lang=${heard}`);
  source.addEventListener("snapshot", (event) => {
    const snapshot = parsed<Snapshot>(event);
    if (!snapshot) return;
    const first = server.value !== "live";
    take(takeSnapshot({ ...sync, behind: null }, snapshot));
    if (first) void loadRecent();
  });
  source.addEventListener("delta", (event) => {
    const delta = parsed<Delta>(event);
    if (delta) take(takeDelta(sync, delta));
  });
  source.addEventListener("error", () => {
    dropped = true;
    lose();
    clearTimeout(retry);
    retry = setTimeout(reopen, RETRY_MS);
  });
}

/** Anything heard makes the link live again; the screen follows with the next frame, however much arrives. */
function take(next: Sync): void {
  const before = sync.snapshot;
  sync = next;
  dropped = false;
  lastEvent = { monotonic_ms: performance.now(), wall_ms: Date.now() };
  clearTimeout(silent);
  silent = setTimeout(watch, SILENCE_S * 1000 + 1);
  if (sync.behind !== null && !fetching) void catchUp();
  if (sync.snapshot !== null && sync.snapshot !== before) {
    history.append(sync.snapshot);
  }
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(draw);
  }
}

/** The rack at once and its packs a few in each frame, so that no frame waits for all of a full rack. */
function draw(): void {
  const snapshot = sync.snapshot;
  if (snapshot === null) {
    drawing = false;
    return;
  }
  const numbers = Object.keys(snapshot.packs).map(Number).sort((a, b) => a - b);
  batch(() => {
    server.value = !dropped && sinceLast_s() < SILENCE_S ? "live" : "gone";
    silence_s.value = sinceLast_s();
    heardAt.value = { time_s: snapshot.time_s ?? lastEvent.wall_ms / 1000 };
    rack.value = rackAsHeard(snapshot);
    links.value = snapshot.links ?? [];
    gateway.value = snapshot.gateway ?? null;
    connection.value = snapshot.connection ?? null;
    job.value = snapshot.job ?? null;
    simulation.value = snapshot.simulation ?? null;
    isVirtual.value = snapshot.virtual === true;
    version.value = snapshot.version ?? null;
    if (numbers.join() !== packNumbers.value.join()) packNumbers.value = numbers;
    for (const [number, held] of packs) if (!numbers.includes(number)) held.value = null;
    drawPacks(snapshot, numbers.slice(0, PACKS_A_FRAME));
  });
  drawRest(snapshot, numbers.slice(PACKS_A_FRAME));
}

function drawPacks(snapshot: Snapshot, numbers: readonly number[]): void {
  for (const number of numbers) {
    const pack = snapshot.packs[number];
    packSignal(number).value = pack === undefined ? null : asHeard(pack, isUnheard(snapshot.connection, number));
  }
}

/** The charts come last; what has arrived meanwhile is drawn next. */
function drawRest(snapshot: Snapshot, numbers: readonly number[]): void {
  if (numbers.length > 0) {
    requestAnimationFrame(() => {
      batch(() => drawPacks(snapshot, numbers.slice(0, PACKS_A_FRAME)));
      drawRest(snapshot, numbers.slice(PACKS_A_FRAME));
    });
    return;
  }
  requestAnimationFrame(() => {
    historyTick.value += 1;
    drawing = sync.snapshot !== snapshot;
    if (drawing) draw();
  });
}

function watch(): void {
  const since = sinceLast_s();
  batch(() => {
    if (rack.value !== null) silence_s.value = since;
    if (since >= SILENCE_S) lose();
  });
  const tried_s = (performance.now() - opened_ms) / 1000;
  if (since >= GIVE_UP_S && tried_s >= GIVE_UP_S) reopen();
}

function lose(): void {
  if (server.value === "gone") return;
  if (server.value === "live") history.gap();
  server.value = "gone";
  historyTick.value += 1;
}

/** The larger of two clocks: one stands still in some browsers while the device sleeps, the other may be set. */
function sinceLast_s(): number {
  const monotonic = performance.now() - lastEvent.monotonic_ms;
  const wall = lastEvent.wall_ms === 0 ? 0 : Date.now() - lastEvent.wall_ms;
  return Math.max(monotonic, wall) / 1000;
}

async function catchUp(): Promise<void> {
  fetching = true;
  const snapshot = await fetched<Snapshot>(`api/snapshot?lang=${heard}`);
  fetching = false;
  if (snapshot) take(takeSnapshot(sync, snapshot));
  else setTimeout(() => sync.behind !== null && !fetching && void catchUp(), RETRY_MS);
}

async function loadRecent(): Promise<void> {
  const recent = await fetched<Recent>("api/recent");
  if (!recent) return;
  history.load(recent);
  historyTick.value += 1;
}

async function fetched<T>(path: string): Promise<T | null> {
  try {
    const response = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as T;
  } catch (problem) {
    console.info(`The server did not give ${path}.`, problem);
    return null;
  }
}

function parsed<T>(event: Event): T | null {
  const { data } = event as MessageEvent<string>;
  try {
    return JSON.parse(data) as T;
  } catch (problem) {
    console.warn("An event of the stream is not JSON and was passed over.", problem);
    return null;
  }
}
