// Why a limit is what it is, in words: the rule that decided, and the value, cell and pack that it looked at.

import { fixed } from "./format";
import { faultName, nameOf, words } from "./i18n/words";
import type { Reason, Rule } from "./model";

/** What a reason's words are made of, each already as it is written. */
export interface Looked {
  cell: string;
  pack: string | null;
  value: string;
  names: string;
}

/** A clause for every rule; what needs no detail is plain text. */
export type Because = Record<Rule, string | ((looked: Looked) => string)>;

const UNITS: Partial<Record<Rule, (value: number) => string>> = {
  cell_voltage: (value) => `${fixed(value / 1000, 2)}\u00a0V`,
  pack_voltage: (value) => `${fixed(value, 1)}\u00a0V`,
  cold: (value) => `${fixed(value, 0)}\u00a0°C`,
  heat: (value) => `${fixed(value, 0)}\u00a0°C`,
  mos_heat: (value) => `${fixed(value, 0)}\u00a0°C`,
  ambient: (value) => `${fixed(value, 0)}\u00a0°C`,
  share: (value) => `${fixed(value, 0)}\u00a0%`,
};

/** The clause; a rule that lacks the value it looked at, or that the page does not know, says that a value is missing. */
export function because(reason: Reason): string {
  const all: Because = words.because;
  const unit = UNITS[reason.rule];
  const nameless = (reason.rule === "protection" || reason.rule === "fault") && !reason.names?.length;
  const lacking = nameless || (unit !== undefined && reason.value == null);
  const clause = (lacking ? undefined : all[reason.rule]) ?? all.unknown;
  if (typeof clause === "string") return clause;
  const name = reason.rule === "fault" ? faultName : nameOf;
  return clause({
    cell: reason.cell == null ? "?" : String(reason.cell),
    pack: reason.pack == null ? null : String(reason.pack),
    value: unit === undefined || reason.value == null ? "" : unit(reason.value),
    names: words.listAnd((reason.names ?? []).map((code) => words.inSentence(name(code)))),
  });
}
