// What the server tells of a rack, as it arrives: every field may be missing, and missing means not known.

export type Freshness = "fresh" | "stale" | "asleep" | "absent";
export type PackState = "OFF" | "DORMANT" | "STANDBY" | "CHARGE" | "DISCHARGE" | "PROTECT" | "FAULT";
export type LampMode = "off" | "on" | "flash1" | "flash2" | "flash3";

export type Known<T> = T | null | undefined;

/** What holds a limit down. */
export type Rule =
  | "rated"
  | "user_cap"
  | "cell_voltage"
  | "cold"
  | "heat"
  | "mos_heat"
  | "protection"
  | "fault"
  | "switched_off"
  | "pack_voltage"
  | "ambient"
  | "limiter"
  | "deep_discharge"
  | "rising"
  | "pack_lost"
  | "share"
  | "starting"
  | "own_word"
  | "settings"
  | "unknown";

/** The rule that decided a limit, and what it looked at, in the unit of its kind. */
export interface Reason {
  rule: Rule;
  value?: Known<number>;
  cell?: Known<number>;
  names?: Known<string[]>;
  pack?: Known<number>;
}

export interface Lamps {
  run?: Known<LampMode>;
  alm?: Known<LampMode>;
  soc?: Known<LampMode[]>;
}

export interface Switches {
  charge?: Known<boolean>;
  discharge?: Known<boolean>;
  limit?: Known<boolean>;
  heating?: Known<boolean>;
  dry_contact_1?: Known<boolean>;
  dry_contact_2?: Known<boolean>;
  precharge?: Known<boolean>;
}

export interface Thresholds {
  cell_ov_alarm_mv?: Known<number>;
  cell_ov_protect_mv?: Known<number>;
  cell_uv_alarm_mv?: Known<number>;
  cell_uv_protect_mv?: Known<number>;
}

/** How far the cells of a pack are apart in charge; "voltage" tells at least so much. */
export interface Balance {
  basis: "learned" | "voltage";
  ahead_ah: number[];
  bleed_a: number;
  hours_left: number;
}

/** What a pack's own gauge has learned. */
export interface Health {
  rated_ah: number;
  capacity_ah: number;
  capacity_low_ah: number;
  capacity_high_ah: number;
  capacity_swings: number;
  full_cycles: number;
  charged_ah: number;
  discharged_ah: number;
  resistance_ratio: number;
  resistance_sigma: number;
  resistance_steps: number;
  resistance_growth_pct?: Known<number>;
  events: Record<string, number>;
}

/** Something wrong with the rack as a whole. */
export interface Finding {
  trouble: string;
  packs: number[];
  sentence: string;
  /** The language of the sentence where it is not English. */
  spoken?: string;
}

/** How the connection to the packs stands. */
export interface Connection {
  state: string;
  title: string;
  sentence: string;
  spoken?: string;
  link: string;
  dialect: string;
  /** Packs that are asked and do not answer. */
  silent?: Known<number[]>;
}

/** The newest job on the line to the packs, in short. */
export interface RunningJob {
  job: number;
  kind: string;
  title: string;
  who: string;
  pack: Known<number>;
  state: string;
  done: number;
  of: number;
  spoken?: string;
}

/** What a pack and a rack have in common. Positive current charges. */
export interface Battery {
  state?: Known<PackState>;
  freshness?: Known<Freshness>;
  age_s?: Known<number>;
  pack_voltage_v?: Known<number>;
  pack_current_a?: Known<number>;
  soc_pct?: Known<number>;
  soc_low_pct?: Known<number>;
  soc_high_pct?: Known<number>;
  soh_pct?: Known<number>;
  remaining_ah?: Known<number>;
  full_ah?: Known<number>;
  cell_voltage_min_mv?: Known<number>;
  cell_voltage_max_mv?: Known<number>;
  temperature_min_c?: Known<number>;
  temperature_max_c?: Known<number>;
  notices?: Known<string[]>;
  alarms?: Known<string[]>;
  protections?: Known<string[]>;
  faults?: Known<string[]>;
}

export interface Rack extends Battery {
  product?: Known<string>;
  title?: Known<string>;
  cells?: Known<number>;
  sentence?: Known<string>;
  findings?: Known<Finding[]>;
  modules?: Known<number>;
  charge_reason?: Known<Reason>;
  discharge_reason?: Known<Reason>;
  charge_voltage_limit_v?: Known<number>;
  charge_current_limit_a?: Known<number>;
  discharge_current_limit_a?: Known<number>;
  discharge_voltage_limit_v?: Known<number>;
  thresholds?: Known<Thresholds>;
}

export interface Pack extends Battery {
  pack?: Known<number>;
  address_switches?: Known<boolean[]>;
  serial?: Known<string>;
  manufacturer?: Known<string>;
  model?: Known<string>;
  software_version?: Known<string>;
  design_ah?: Known<number>;
  cycles?: Known<number>;
  cell_voltages_mv?: Known<Known<number>[]>;
  temperatures_c?: Known<Known<number>[]>;
  mos_temperature_c?: Known<number>;
  env_temperature_c?: Known<number>;
  balancing?: Known<Known<boolean>[]>;
  balance?: Known<Balance>;
  health?: Known<Health>;
  switches?: Known<Switches>;
  lamps?: Known<Lamps>;
}

export interface Link {
  name: string;
  url: string;
}

export interface Simulation {
  running?: Known<boolean>;
  speed?: Known<number>;
}

export interface Snapshot {
  version?: Known<string>;
  virtual?: Known<boolean>;
  time_s?: Known<number>;
  seq: number;
  rack: Rack;
  packs: Record<string, Pack>;
  links?: Known<Link[]>;
  simulation?: Known<Simulation>;
  gateway?: Known<Gateway>;
  connection?: Known<Connection>;
  job?: Known<RunningJob>;
}

/** What the inverter is told, and what is wrong between it and the gateway. */
export interface Gateway {
  title: string;
  dialect: string;
  evidence: string;
  /** The language of the evidence where it is not English. */
  spoken?: string;
  link: string;
  simulated: boolean;
  state: string;
  sentence: string;
  why: string[];
  age_s?: Known<number>;
  told?: Known<Partial<Rack>>;
  chain?: Known<GatewayStep[]>;
  alarms: { trouble: string; sentence: string; spoken?: string; for_s?: Known<number> }[];
  bus?: Known<string>;
  frames?: Known<WireFrame[]>;
  inverter_heard_s?: Known<number>;
  inverter_says?: Known<Values>;
  unknown_polls?: Known<string>;
  fail_safe?: Known<FailSafe>;
  explanation?: Known<{ sentence: string; values: Explained[] }>;
  shadow?: Known<{ sentence: string; spoken?: string; values: Compared[] }>;
}

/** Decoded, by public key. */
export type Values = Record<string, unknown>;

/** The last frame of an identifier, or the last answer with its question. */
export interface WireFrame {
  frame: string;
  question?: Known<string>;
  kind?: Known<string>;
  values?: Known<Values>;
  problem?: Known<string>;
  /** The language of the problem where it is not English. */
  spoken?: string;
}

/** Why one value is on the wire, from a cell to its bytes. */
export interface Explained {
  key: string;
  name: string;
  unit: string;
  value: Known<number | boolean>;
  chain: { level: string; sentence: string }[];
  wire?: Known<{ frame: string; byte: number; bytes: number; raw: number; step: number; bit: Known<number> }>;
}

/** What an inverter is told when data stop; ages of the data. */
export interface FailSafe {
  charge_stop: string;
  discharge_stop: string;
  raises_fault: boolean;
  rise_s: number;
  phases: { stage: string; from_s: number; to_s: Known<number> }[];
}

/** What another battery says against what would be sent. */
export interface Compared {
  key: string;
  name: string;
  unit: string;
  ours: Known<number | boolean>;
  theirs: Known<number | boolean>;
  difference: Known<number>;
  agrees: Known<boolean>;
}

/** One step of what the inverter is told: the rule, and what it leaves. */
export interface GatewayStep {
  rule: string;
  charge_voltage_v?: Known<number>;
  charge_current_a?: Known<number>;
  discharge_current_a?: Known<number>;
}

/** What changed since the event before: changed keys only; `null` removes a key or a pack. */
export interface Delta {
  seq: number;
  time_s?: Known<number>;
  rack?: Known<Partial<Rack>>;
  packs?: Known<Record<string, Partial<Pack> | null>>;
  links?: Known<Link[]>;
  simulation?: Known<Simulation>;
  gateway?: Known<Gateway>;
  connection?: Known<Connection>;
  job?: Known<RunningJob>;
  virtual?: Known<boolean>;
  version?: Known<string>;
}

/** The last minutes, evenly spaced; `null` is a gap. */
export interface Recent {
  interval_s: number;
  start_s: number;
  series: Record<string, Known<number>[]>;
}
