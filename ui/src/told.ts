// Texts that the server says in the reader's language: how they are asked for, and how one in another language is marked.

import { TAGS, language, type Language } from "./i18n/language";
import type { Told } from "./service";

/** A path of the server with the language of the page. */
export function inLanguage(path: string): string {
  return `${path}?lang=${language.value}`;
}

/**
 * The `lang` of the element of a text. It is said even where it is that of the page: one that is taken away when a text
 * arrives in the language of the page would stay behind empty, which means a language that nobody knows.
 */
export function spokenIn(told: Told, text: string): { lang: string } {
  return { lang: tagOf(told.untranslated.includes(text) ? "en" : told.language) };
}

/** A text with the `lang` of its element. */
export interface Said {
  text: string;
  lang: string;
}

/** What a document calls a language of the server. */
export function tagOf(spoken: string): string {
  return spoken in TAGS ? TAGS[spoken as Language] : spoken;
}

/** A text of the page's own. */
export function own(text: string): Said {
  return { text, lang: TAGS[language.value] };
}
