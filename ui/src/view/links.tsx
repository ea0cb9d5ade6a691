// Where the rack answers, ready to be copied into an inverter's or a program's settings.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { isVirtual, links } from "../live";
import type { Link } from "../model";
import { words } from "../words";
import { Block } from "./values";

const PATHS = ["api/snapshot", "api/stream", "api/recent"];

export function LinksScreen() {
  return (
    <div class="screen text-screen">
      <header class="headline">
        <h1 class="sentence" tabIndex={-1}>{words.links.title}</h1>
        <p>{links.value.length === 0 ? words.links.none : words.links.intro}</p>
        {isVirtual.value ? <p class="note">{words.links.virtualNote}</p> : null}
      </header>
      {links.value.length === 0 ? null : (
        <Block title={words.links.list}>
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
      <Block title={words.links.api}>
        <p>{words.links.apiIntro}</p>
        {PATHS.map((path) => (
          <Copyable key={path} text={new URL(path, document.baseURI).href} />
        ))}
      </Block>
    </div>
  );
}

function explain({ url }: Link): string {
  const scheme = url.split(":")[0] ?? "";
  const kinds = words.links.kinds;
  if (scheme === "pty") return kinds.pty;
  if (scheme.startsWith("tcp")) return /\/\/(127\.|localhost|\[::1\])/.test(url) ? `${kinds.tcp} ${words.links.onlyHere}` : kinds.tcp;
  if (scheme === "serial" || scheme === "") return kinds.serial;
  return scheme.includes("can") ? kinds.can : kinds.other;
}

function Copyable({ text }: { text: string }) {
  const shown = useRef<HTMLElement>(null);
  const outcome = useSignal<"" | "done" | "failed">("");
  const copy = async () => {
    outcome.value = (await copied(text, shown.current)) ? "done" : "failed";
    setTimeout(() => (outcome.value = ""), 3000);
  };
  return (
    <div class="copyable">
      <code ref={shown}>{text}</code>
      <button type="button" onClick={() => void copy()} aria-label={words.links.copyName(text)}>
        {words.links.copy}
      </button>
      <span class="outcome" role="status">
        {outcome.value === "done" ? words.links.copied : outcome.value === "failed" ? words.links.copyFailed : ""}
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
