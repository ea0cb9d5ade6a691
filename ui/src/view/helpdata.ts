// The English help that the page carries inside: written by `make docs` from the same tables that the program runs on.

import { helpToolWords as say } from "../i18n/helptools";
import { systemWords as system } from "../i18n/system";
import { words } from "../i18n/words";
import type { Told } from "../service";
import data from "./helpdata.json";

export interface Topic {
  name: string;
  title: string;
  sentences: string[];
}

export interface Leaf {
  title: string;
  facts: string[];
  released_by: string[];
  steps: string[];
}

export interface Choice {
  title: string;
  answers: (Choice | Leaf)[];
}

export interface LampState {
  state: string;
  run: string;
  alm: string;
  meaning: string;
  next_step: string;
}

/** A state with the charges between which it shows a picture; none where it has no bar. */
export interface Shown {
  state: LampState;
  charge: [number, number] | null;
}

export interface HelpData extends Told {
  topics: Topic[];
  aliases: Record<string, string[]>;
  lamps: { states: LampState[]; pictures: Record<string, number[][]> };
  tree: Choice;
  /** Settings and fault numbers: `name` is no language's, `title` may be empty. */
  index: { name: string; title: string; lines: string[] }[];
  products: { key: string; title: string; pack_limit: number | null; switch_positions: number | null; switches: object[] | null }[];
  inverters: { key: string; title: string; bus: string; pins_known: boolean }[];
  schemes: Record<string, number>;
}

export const HELP = data as unknown as HelpData;

export function isChoice(node: Choice | Leaf): node is Choice {
  return "answers" in node;
}

/** What shows six lamps: RUN, ALM, then the four of the charge, lowest first. */
export function statesOf(lamps: string[], help: HelpData = HELP): Shown[] {
  return (help.lamps.pictures[lamps.join(" ")] ?? []).flatMap(([index, low, high]) => {
    const state = help.lamps.states[index ?? -1];
    if (!state) return [];
    return [{ state, charge: low === undefined || high === undefined ? null : [low, high] as [number, number] }];
  });
}

/** States with the same RUN and ALM, for a bar that no state shows. */
export function nearStates(run: string, alm: string, help: HelpData = HELP): string[] {
  return help.lamps.states.filter((state) => state.run === run && state.alm === alm).map((state) => state.state);
}

/** An entry that a search may find. */
export interface Entry {
  title: string;
  lines: string[];
}

/** What the page shows itself: switches and notices, from the words that stand on them. */
function shown(): Entry[] {
  const controls = Object.entries(system.controls).map(([key, title]) => ({ title, lines: [system.notes[key] ?? "", words.nav.places.system].filter(Boolean) }));
  const notices = Object.values(words.notice).map((title) => ({ title, lines: [words.level.notice] }));
  return [...controls, ...notices];
}

/** What the page calls a condition or fault that the tree has under its code. */
function ownNames(english: string): string[] {
  const code = english.toLowerCase().replaceAll(" ", "_");
  return [words.condition, words.fault].flatMap((names: Record<string, string>) => names[code] ?? []);
}

/** Everything of the help, one entry for each topic, lamp state, leaf of the tree, setting, fault number, switch and notice; a leaf comes once. */
export function entries(help: HelpData = HELP): Entry[] {
  const leaves = new Map<string, Entry>();
  const walk = (node: Choice | Leaf, english: Choice | Leaf | undefined) => {
    if (isChoice(node)) node.answers.forEach((answer, index) => walk(answer, english && isChoice(english) ? english.answers[index] : undefined));
    else leaves.set(node.title, { title: node.title, lines: [...node.facts, ...node.steps, ...ownNames(english?.title ?? "")] });
  };
  walk(help.tree, HELP.tree);
  return [
    ...help.topics.map(({ title, sentences }) => ({ title, lines: sentences })),
    ...leaves.values(),
    ...help.lamps.states.map(({ state, meaning, next_step }) => ({ title: say.lamps(state), lines: [meaning, next_step] })),
    ...help.index.map(({ name, title, lines }) => (title === "" ? { title: name, lines } : { title, lines: [...lines, name] })),
    ...shown(),
  ];
}

/**
 * Entries that have every word, or another name for it; those with the words in their title come first. Case and
 * accents do not matter.
 */
export function search(wanted: string, help: HelpData = HELP): Entry[] {
  const words = bare(wanted).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const names = words.map((word) => [word, ...otherNames(word, help)]);
  const has = (text: string) => names.every((ways) => ways.some((way) => text.includes(way)));
  return entries(help)
    .filter(({ title, lines }) => has(bare(`${title} ${lines.join(" ")}`)))
    .sort((one, other) => Number(has(bare(other.title))) - Number(has(bare(one.title))));
}

function otherNames(word: string, help: HelpData): string[] {
  return Object.entries(help.aliases).flatMap(([ours, others]) =>
    others.map(bare).includes(word) ? [bare(ours), bare(ours).replace("-", " ")] : [],
  );
}

/** A text without case, accents and hyphens, as people type it. */
function bare(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("-", " ");
}
