// The help's search and its guides, in the language of the page as far as they are there.

import { useState } from "preact/hooks";
import { helpToolWords as say } from "../i18n/helptools";
import { language } from "../i18n/language";
import { spokenIn } from "../told";
import { search } from "./helpdata";
import { useHelp } from "./helptold";

/** Says that the help is still English. */
function LanguageMark() {
  return useHelp().language === language.value ? null : <span class="language-mark">{say.language}</span>;
}

export function HelpSearch() {
  const [wanted, setWanted] = useState("");
  const help = useHelp();
  const found = search(wanted, help);
  return (
    <div class="help-search" role="search">
      <label>
        {say.search}
        <input type="search" value={wanted} aria-describedby="help-hint" onInput={(event) => setWanted(event.currentTarget.value)} />
      </label>
      <p id="help-hint" class="note">{say.searchHint}</p>
      {wanted.trim() === "" ? null : (
        <div class="found" aria-live="polite">
          <p>{found.length > 0 ? say.results(found.length) : say.nothing}</p>
          {found.slice(0, 12).map(({ title, lines }, index) => (
            <details key={title} open={index === 0}>
              <summary {...spokenIn(help, title)}>{title}</summary>
              <ul class="plain-list">{lines.map((line) => <li key={line} {...spokenIn(help, line)}>{line}</li>)}</ul>
            </details>
          ))}
        </div>
      )}
    </div>
  );
}

export function Guides() {
  const help = useHelp();
  return (
    <div class="guides">
      <LanguageMark />
      {help.topics.map(({ name, title, sentences }) => (
        <details key={name}>
          <summary {...spokenIn(help, title)}>{title}</summary>
          <ul class="plain-list">{sentences.map((sentence) => <li key={sentence} {...spokenIn(help, sentence)}>{sentence}</li>)}</ul>
        </details>
      ))}
    </div>
  );
}
