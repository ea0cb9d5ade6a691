// What sentences of any language need: number and noun in agreement, lists, and a small first letter.

import { fixed } from "../format";
import type { Language } from "./language";

type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** For one language: `n({ one: "# module", other: "# modules" })(3)` is "3 modules", the number in the reader's signs. */
export function plural(language: Language): (forms: Forms) => (count: number) => string {
  const rules = new Intl.PluralRules(language);
  return (forms) => (count) => (forms[rules.select(count)] ?? forms.other).replace("#", fixed(count, 0) ?? "");
}

/** For one language: items joined as it joins them, with its "and" before the last. */
export function list(language: Language): (items: readonly string[]) => string {
  const format = new Intl.ListFormat(language);
  return (items) => format.format(items);
}

/** For names inside a sentence, in languages that write nouns small; abbreviations stay. */
export function small(name: string): string {
  return /^\p{Lu}\p{Lu}/u.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}
