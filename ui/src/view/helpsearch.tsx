// The help's search and its guides: everything inside the page, nothing asked of any server.

import { useState } from "preact/hooks";
import { helpToolWords as say } from "../i18n/helptools";
import { HELP, search } from "./helpdata";

/** Guides have a language of their own; a page in another one marks them. */
export function LanguageMark() {
  const page = document.documentElement.lang.split("-")[0];
  return page === HELP.language || page === "" ? null : <span class="language-mark">{say.language}</span>;
}

export function HelpSearch() {
  const [wanted, setWanted] = useState("");
  const found = search(wanted);
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
            <details key={title} lang={HELP.language} open={index === 0}>
              <summary>{title}</summary>
              <ul class="plain-list">{lines.map((line) => <li key={line}>{line}</li>)}</ul>
            </details>
          ))}
        </div>
      )}
    </div>
  );
}

export function Guides() {
  return (
    <div class="guides">
      <LanguageMark />
      {HELP.topics.map(({ name, title, sentences }) => (
        <details key={name} lang={HELP.language}>
          <summary>{title}</summary>
          <ul class="plain-list">{sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
        </details>
      ))}
    </div>
  );
}
