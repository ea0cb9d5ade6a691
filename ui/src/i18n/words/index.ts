// The words that every screen shares. English comes with the page, each other language when it is chosen.

import { spoken, type Language } from "../language";
import { en } from "./en";

export type Words = typeof en;

const texts: { en: Words } & Partial<Record<Language, Words>> = { en };
const LOAD: Record<Exclude<Language, "en">, () => Promise<Words>> = {
  de: async () => (await import("./de")).de,
  es: async () => (await import("./es")).es,
  zh: async () => (await import("./zh")).zh,
};

export const words = spoken(texts);

/** Brings the words of a language; rejects when the server does not give them. */
export async function bring(language: Language): Promise<void> {
  if (language !== "en") texts[language] ??= await LOAD[language]();
}

/** An alarm, protection, fault or notice in words; a name this catalogue does not have is shown as it is. */
export function nameOf(code: string): string {
  return named(words.condition, code) ?? named(words.fault, code) ?? named(words.notice, code) ?? code.replaceAll("_", " ");
}

/** The same for a fault. */
export function faultName(code: string): string {
  return named(words.fault, code) ?? nameOf(code);
}

function named(names: Record<string, string>, code: string): string | undefined {
  return names[code];
}
