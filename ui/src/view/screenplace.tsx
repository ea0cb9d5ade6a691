// The place of the screen: fetches the one that the address names, says so when it does not come, and puts the reader there.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { may, reader } from "../access";
import { words } from "../i18n/words";
import { serverGone } from "../live";
import { PLACES, type PlaceName } from "../places";
import { address, type Route } from "../route";
import { SCREENS, registered, type ScreenFile } from "../screens/registry";
import { Shape } from "./state";

const fetched = new Map<PlaceName, ScreenFile>();

/** What nobody has opened yet is fetched when the page has settled: a reader without a server still has every screen. */
const SETTLES_MS = 5000;

async function fetchAll(): Promise<void> {
  for (const name of registered()) {
    if (fetched.has(name)) continue;
    if (serverGone.peek()) return;
    try {
      await bringScreen(name);
    } catch (problem) {
      console.info(`The screen ${name} was not kept for later.`, problem);
      return;
    }
  }
}

async function bringScreen(name: PlaceName): Promise<void> {
  const arrived = await SCREENS[name]?.();
  if (arrived) fetched.set(name, arrived);
}

export function ScreenPlace({ here }: { here: Route }) {
  const tick = useSignal(0);
  const failed = useSignal<PlaceName | null>(null);
  void tick.value;
  const file = fetched.get(here.screen);
  const gone = serverGone.value;
  useEffect(() => {
    if (fetched.has(here.screen)) {
      if (file === undefined) tick.value += 1; // it has come since this was drawn
      return;
    }
    bringScreen(here.screen).then(
      () => {
        failed.value = null;
        tick.value += 1;
      },
      (problem: unknown) => {
        console.info(`The screen ${here.screen} did not arrive.`, problem);
        failed.value = here.screen;
      },
    );
  }, [here.screen, gone]);
  useEffect(() => {
    if (gone) return undefined;
    const timer = setTimeout(() => void fetchAll(), SETTLES_MS);
    return () => clearTimeout(timer);
  }, [gone]);
  useTitleAndFocus(here, file);
  if (!may(PLACES[here.screen].role)) return <NotForYou name={here.screen} />;
  if (file) return <file.default rest={here.rest} />;
  return failed.value === here.screen ? <NotThere gone={gone} /> : <div class="screen" aria-busy="true" />;
}

/** Without a server there is nothing to load anew: the browser would show its own error in place of all that is known. */
function NotThere({ gone }: { gone: boolean }) {
  if (gone) {
    return (
      <div class="screen text-screen">
        <h1 class="sentence" tabIndex={-1}>{words.nav.loadLater}</h1>
      </div>
    );
  }
  return (
    <div class="screen text-screen" role="alert">
      <h1 class="sentence" tabIndex={-1}>{words.nav.loadFailed}</h1>
      <p class="screen-action">
        <button type="button" onClick={() => location.reload()}>{words.nav.reload}</button>
      </p>
    </div>
  );
}

function NotForYou({ name }: { name: PlaceName }) {
  const mine = reader.value?.role;
  return (
    <div class="screen text-screen">
      <p class="headline-state"><Shape level="absent" /></p>
      <h1 class="sentence" tabIndex={-1}>{words.nav.roleTitle(words.nav.roles[PLACES[name].role])}</h1>
      {mine ? <p>{words.nav.roleNext(words.nav.roles[mine])}</p> : null}
    </div>
  );
}

/** A new screen starts at its top, with its heading as the place where reading goes on. */
function useTitleAndFocus(here: Route, file: ScreenFile | undefined): void {
  const place = address(here.screen, ...here.rest);
  const first = useRef(true);
  useEffect(() => {
    if (!file) return;
    document.title = `${file.title?.(here.rest) ?? words.nav.places[here.screen]} · ${words.product}`;
    if (!first.current) {
      scrollTo(0, 0);
      document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [place, file]);
}
