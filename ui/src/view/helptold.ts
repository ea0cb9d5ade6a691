// The help in the language of the page: the server says it once for each language, English until then comes with the page.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { LANGUAGES, language, type Language } from "../i18n/language";
import { serverGone } from "../live";
import { inLanguage } from "../told";
import { HELP, type HelpData } from "./helpdata";

const told = signal<Partial<Record<Language, HelpData>>>({});
const asked = new Set<Language>();

/** The help as it is known now; asks for it in the language of the page, again when a server that was gone is back. */
export function useHelp(): HelpData {
  const wanted = language.value;
  const gone = serverGone.value;
  useEffect(() => {
    if (wanted !== HELP.language && told.peek()[wanted] === undefined) void bring(wanted);
  }, [wanted, gone]);
  return told.value[wanted] ?? HELP;
}

async function bring(wanted: Language): Promise<void> {
  if (asked.has(wanted)) return;
  asked.add(wanted);
  try {
    const answer = await fetch(inLanguage("api/help"), { headers: { Accept: "application/json" } });
    const help = (await answer.json()) as HelpData;
    if (!answer.ok || !(help.language in LANGUAGES)) throw new Error(`status ${answer.status}`);
    told.value = { ...told.peek(), [wanted]: help };
  } catch (problem) {
    console.info(`The help did not arrive in ${LANGUAGES[wanted]}; it stays English.`, problem);
  } finally {
    asked.delete(wanted);
  }
}
