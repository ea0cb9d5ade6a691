// Where the rack answers, ready to be copied into an inverter's or a program's settings.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { isVirtual, links } from "../live";
import type { Link } from "../model";
import { linksWords as text } from "../i18n/links";
import { Block } from "../view/values";

const PATHS = ["api/snapshot", "api/stream", "api/recent"];

export default function Links() {
  return (
    <div class="screen text-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{text.title}</h1>
        <p>{links.value.length === 0 ? text.none : text.intro}</p>
        {isVirtual.value ? <p class="note">{text.virtualNote}</p> : null}
      </header>
      {links.value.length === 0 ? null : (
        <Block title={text.list}>
          <ul class="address-list">
            {links.value.map((link) => (
              <li key={link.url}>
                <h3>{link.name}</h3>
                <Copyable text={link.url} />
                <p class="note">{explain(link)}</p>
              </li>
            ))}
          </ul>
        </Block>
      )}
      <Block title={text.api}>
        <p>{text.apiIntro}</p>
        {PATHS.map((path) => (
          <Copyable key={path} text={new URL(path, document.baseURI).href} />
        ))}
      </Block>
    </div>
  );
}

function explain({ url }: Link): string {
  const scheme = url.split(":")[0] ?? "";
  const kinds = text.kinds;
  if (scheme === "pty") return kinds.pty;
  if (scheme.startsWith("tcp")) return /\/\/(127\.|localhost|\[::1\])/.test(url) ? `${kinds.tcp} ${text.onlyHere}` : kinds.tcp;
  if (scheme === "serial" || scheme === "") return kinds.serial;
  return scheme.includes("can") ? kinds.can : kinds.other;
}

function Copyable({ text: given }: { text: string }) {
  const shown = useRef<HTMLElement>(null);
  const outcome = useSignal<"" | "done" | "failed">("");
  const copy = async () => {
    outcome.value = (await copied(given, shown.current)) ? "done" : "failed";
    setTimeout(() => (outcome.value = ""), 3000);
  };
  return (
    <div class="copyable">
      <code ref={shown}>{given}</code>
      <button type="button" onClick={() => void copy()} aria-label={text.copyName(given)}>
        {text.copy}
      </button>
      <span class="outcome" role="status">
        {outcome.value === "done" ? text.copied : outcome.value === "failed" ? text.copyFailed : ""}
      </span>
    </div>
  );
}

/** Copies; a page reached over plain HTTP has no clipboard of its own, so the text is selected and copied the old way. */
async function copied(text: string, shown: HTMLElement | null): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (problem) {
      console.info("The browser refused its clipboard; selecting the text instead.", problem);
    }
  }
  const selection = getSelection();
  if (!shown || !selection) return false;
  selection.selectAllChildren(shown);
  return document.execCommand("copy");
}
