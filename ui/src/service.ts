// What the page asks the server to do: one way to ask, one kind of refusal, and the shapes of the answers.

import { enter } from "./entry";
import { language } from "./i18n/language";
import type { Known } from "./model";

/** Why the server did not do what was asked: its sentence, the language of that, and its reason for programs. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly language: string;

  constructor(status: number, sentence: string, code = "", spoken = "en") {
    super(sentence);
    this.status = status;
    this.code = code;
    this.language = spoken;
  }
}

/**
 * Asks the server. Where it wants to know who asks, or the password once more, the reader is asked for that and the
 * request is made again.
 *
 * Throws a `Refusal`; its status is 0 where no answer came.
 */
export async function ask<T>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const response = await sent(method, path, body);
    if (response.ok) return (response.status === 204 ? null : await response.json()) as T;
    const refused = await refusalIn(response);
    const wanted = refused.code === "login" || refused.code === "confirm" ? refused.code : null;
    if (wanted === null || method === "GET" || tries > 0 || !(await enter(wanted))) throw refused;
  }
}

async function sent(method: string, path: string, body: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language.value };
  // A page of another origin cannot send this without being asked first.
  if (method !== "GET") headers["X-OpenRESS"] = "1";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(path, { method, headers, cache: "no-store", ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  } catch (problem) {
    console.info(`${path} was not answered.`, problem);
    throw new Refusal(0, "");
  }
}

async function refusalIn(response: Response): Promise<Refusal> {
  try {
    const told = (await response.json()) as { detail?: unknown; code?: string };
    return new Refusal(response.status, typeof told.detail === "string" ? told.detail : "", told.code ?? "", response.headers.get("Content-Language") ?? "en");
  } catch {
    return new Refusal(response.status, ""); // an answer that is not the server's own
  }
}

export type JobState = "running" | "done" | "failed" | "stopped";
export type FieldState = "waiting" | "ordered" | "written" | "put_back" | "failed" | "unknown" | "not_sent";

/** One value that a job writes. */
export interface JobField {
  pack: number;
  key: string;
  old: number | null;
  new: number | null;
  state: FieldState;
}

/** Texts of the server in the language of the page, but for those that it has in English alone. */
export interface Told {
  language: string;
  untranslated: string[];
}

export interface Job extends Told {
  job: number;
  kind: string;
  title: string;
  who: string;
  pack: number | null;
  started_s: number;
  ended_s: number | null;
  state: JobState;
  done: number;
  of: number;
  doing: string;
  notes: string[];
  fields: JobField[];
  sentence: string;
  result: Record<string, unknown> | null;
}

export interface Port {
  device: string;
  stable_device: string;
  description: string;
  link: string;
}

export interface Choices {
  dialects: { name: string; title: string }[];
  products: { key: string; title: string; cells: number }[];
  bauds: number[];
}

/** What a scan found. */
export interface Survey {
  link: string;
  packs: SurveyedPack[];
  overheard: Record<string, unknown> | null;
  remarks: { kind: string; packs: number[]; sentence: string }[];
  tried: { dialect: string; baud: number | null; packs: number[] }[];
  not_tried: { dialect: string; baud: number | null }[];
}

export interface SurveyedPack {
  pack: number;
  address: number;
  master: boolean;
  dialect: string;
  baud: number | null;
  serial?: string;
  manufacturer?: string;
  model?: string;
  pack_voltage_v?: number;
  soc_pct?: number;
  switches?: string;
  address_switches?: boolean[];
}

/** A setting that somebody else has changed since it was written from here. */
export interface Drift {
  key: string;
  written: number;
  now: number;
  change: number;
  who: string;
  at_s: number;
  sentence: string;
}

/** One input of ParameterSetting. */
export interface Row {
  key: string;
  /** What the maker's tool and guide call it. */
  name: string;
  label: string;
  unit: string;
  default: number;
  low: number;
  high: number;
  step: number;
  note: string;
  reason: string;
  writable: boolean;
  in_dialect: boolean;
  value: number | null;
  differs: boolean;
  drift: Drift | null;
}

export interface Table extends Told {
  pack: number;
  serial: string | null;
  product: string;
  read_s: number | null;
  system_read_s?: Known<number>;
  records_read_s?: Known<number>;
  groups: { group: string; rows: Row[] }[];
  unread: string[];
  open_changes: string[];
  drift: Drift[];
}

export interface Changed {
  key: string;
  label: string;
  group: string;
  unit: string;
  old: number | null;
  new: number;
  default: number;
}

/** What a change would do. */
export interface Check extends Told {
  changes: Changed[];
  problems: { keys: string[]; sentence: string }[];
  rounded: { key: string; asked: number; stored: number }[];
}

export interface SystemSettings {
  pack: number;
  serial: string;
  read_s: number;
  identity: Record<string, string | number>;
  clock: string | null;
  clock_ahead_s: number | null;
  controls: { control: string; title: string; role: string; on: boolean | null; typed: string | null }[];
  switches: Record<string, boolean>;
  /** From which charge current the limiter comes in, and between what it may be set. */
  limiter: { start_a: number; low_a: number; high_a: number } | null;
  protocol: { can: number | null; rs485: number | null; automatic: boolean | null } | null;
}

/** A record that a pack keeps; what it does not keep is absent. */
export interface LogRecord {
  at?: string;
  conditions?: string[];
  protections?: string[];
  faults?: string[];
  pack_voltage_v?: number;
  pack_current_a?: number;
  remaining_ah?: number;
  full_ah?: number;
  cell_voltage_max_mv?: number;
  cell_voltage_min_mv?: number;
  cell_voltages_mv?: number[];
  temperatures_c?: number[];
  mos_temperature_c?: number;
  env_temperature_c?: number;
}

export interface Logs {
  pack: number;
  serial: string;
  read_s: number;
  records: LogRecord[];
}

/** One change in the journal. */
export interface Change {
  number: number;
  serial: string;
  at_s: number;
  ended_s: number | null;
  who: string;
  link: string;
  pack: number;
  kind: "write" | "restore" | "clone" | "undo" | "control";
  old: Record<string, number | null>;
  new: Record<string, number | null>;
  undoes: number | null;
  outcome: string | null;
  result: string;
}
