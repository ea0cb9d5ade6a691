// The reader's language: chosen in the address, remembered, or the browser's; and what every catalogue is built with.

import { signal } from "@preact/signals";
import { useLocale } from "../format";

/** The languages in their own names; the keys are those of the address and of every catalogue. */
export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español", zh: "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = "openress.language";
/** What the document calls itself, for readers aloud and for the choice of letters. */
export const TAGS: Record<Language, string> = { en: "en", de: "de", es: "es", zh: "zh-Hans" };

export const language = signal<Language>("en");

/**
 * The words of one part of the page, in all languages, read as if they were those of the language now:
 * `const balance = section({ en, de, es, zh })`, then `balance.title`. A key that a language lacks does not compile.
 */
export function section<T extends object>(texts: Record<Language, T>): T {
  return spoken(texts);
}

/** The same where languages arrive later; English stands in for one that is not there. */
export function spoken<T extends object>(texts: { en: T } & Partial<Record<Language, T>>): T {
  return new Proxy(texts.en, {
    get: (_, key) => Reflect.get(texts[language.value] ?? texts.en, key),
    ownKeys: () => Reflect.ownKeys(texts[language.value] ?? texts.en),
  });
}

/** The first of `?lang=`, the remembered choice and the browser's languages that the page speaks; else English. */
export function preferred(asked: string | null, remembered: string | null, browser: readonly string[]): Language {
  const wanted = [asked, remembered, ...browser].map((tag) => tag?.split("-")[0]?.toLowerCase());
  return wanted.find((tag): tag is Language => tag !== undefined && tag in LANGUAGES) ?? "en";
}

/** The reader's own variety of a language (de-CH, es-MX), so that numbers and dates look as they are used to. */
export function localeOf(chosen: Language, browser: readonly string[]): string {
  return browser.find((tag) => tag.split("-")[0]?.toLowerCase() === chosen) ?? TAGS[chosen];
}

export function readerLanguage(): Language {
  return preferred(new URL(location.href).searchParams.get("lang"), remembered(), navigator.languages);
}

/** Speaks `chosen` from now on; its words must be there. */
export function speak(chosen: Language): void {
  useLocale(localeOf(chosen, navigator.languages));
  document.documentElement.lang = TAGS[chosen];
  language.value = chosen;
}

/** Remembers what the reader chose; a choice in the address would win over it at the next visit, so it goes. */
export function remember(chosen: Language): void {
  const here = new URL(location.href);
  if (here.searchParams.has("lang")) {
    here.searchParams.delete("lang");
    history.replaceState(null, "", here);
  }
  try {
    localStorage.setItem(STORED, chosen);
  } catch (problem) {
    console.info("This browser does not let pages remember the language.", problem);
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is closed to this page: follow the browser
  }
}
