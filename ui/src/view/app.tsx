// The frame around every screen: where one can go, whether the server is there, whether the rack is real.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { may, me, reader, whoAmI } from "../access";
import { announcement } from "../announce";
import { asked, enter } from "../entry";
import { clockTime, duration, fixed, toolClock } from "../format";
import { connectionWords } from "../i18n/connection";
import { LANGUAGES, language, remember, speak, type Language } from "../i18n/language";
import { bring, words } from "../i18n/words";
import {
  connection,
  hear,
  isVirtual,
  packNumbers,
  packSignal,
  rack,
  server,
  serverClock_s,
  serverGone,
  silence_s,
  simulation,
  version,
} from "../live";
import type { PlaceName } from "../places";
import { address, packIn, route, type Route } from "../route";
import { theme, toggleTheme } from "../theme";
import { Icon } from "./icons";
import { lazily } from "./lazy";
import { Navigation } from "./navigation";
import { ScreenPlace } from "./screenplace";
import { Shape } from "./state";

/** Everything is drawn anew in another language, so that nothing of the one before is left. */
export function App() {
  return <Frame key={language.value} />;
}

function Frame() {
  const here = route.value;
  return (
    <div class="frame">
      <a class="skip" href="#content" onClick={focusContent}>{words.skip}</a>
      <Navigation here={here} />
      <header class="topbar">
        <a class="brand" href={address("overview")}>{words.product}</a>
        <VirtualMark />
        <span class="topbar-tools">
          {reader.value ? <a class="who" href={address("account")}>{reader.value.name}</a> : null}
          <LanguageChoice />
          <ThemeButton />
        </span>
      </header>
      <main id="content" tabIndex={-1}>
        <ServerBanner />
        <ScreenPlace here={here} />
      </main>
      <Footer here={here} />
      <Entry />
      <p class="hidden" role="status" aria-live="polite">{announcement.value}</p>
    </div>
  );
}

const EntryDialog = lazily(async () => (await import("./entrydialog")).EntryDialog);

/** Asks who somebody is: where the server wants to know that, and at once where nobody may even read. */
function Entry() {
  const gone = serverGone.value;
  useEffect(() => {
    // A server that was started anew has forgotten everybody.
    void whoAmI();
  }, [gone]);
  const mayNothing = me.value !== null && me.value.role === null;
  useEffect(() => {
    if (mayNothing) void enter("login");
  }, [mayNothing]);
  return asked.value === null ? null : <EntryDialog />;
}

function focusContent(event: Event): void {
  event.preventDefault(); // the hash names the screen here, not a place on it
  document.getElementById("content")?.focus();
}

function LanguageChoice() {
  const failed = useSignal(false);
  const choose = async (chosen: Language) => {
    try {
      await bring(chosen);
      remember(chosen);
      speak(chosen);
      hear(chosen);
    } catch (problem) {
      console.info(`The words of ${chosen} did not arrive.`, problem);
      failed.value = true;
    }
  };
  return (
    <>
      {failed.value ? <span role="alert">{words.nav.languageFailed}</span> : null}
      <select
        class="language"
        aria-label={words.nav.language}
        value={language.value}
        onChange={(event) => void choose(event.currentTarget.value as Language)}
      >
        {Object.entries(LANGUAGES).map(([key, name]) => (
          <option key={key} value={key} lang={key}>
            {name}
          </option>
        ))}
      </select>
    </>
  );
}

function ThemeButton() {
  const isDark = theme.value === "dark";
  return (
    <button type="button" class="theme" onClick={toggleTheme} aria-label={isDark ? words.theme.toLight : words.theme.toDark}>
      <Icon name={isDark ? "light" : "dark"} />
    </button>
  );
}

function VirtualMark() {
  if (!isVirtual.value) return null;
  const { running, speed } = simulation.value ?? {};
  const fast = speed != null && speed !== 1 ? words.virtual.speed(fixed(speed, speed % 1 === 0 ? 0 : 1) ?? "") : null;
  const more = running === false ? words.virtual.paused : fast;
  return (
    <span class="virtual" title={words.virtual.meaning}>
      {words.virtual.mark}
      {more ? ` · ${more}` : null}
    </span>
  );
}

/** At the top of every screen from the moment the server falls silent. */
function ServerBanner() {
  if (!serverGone.value) return null;
  if (rack.value === null) {
    if (server.value === "waiting") return null;
    return (
      <div class="banner" role="alert">
        <Shape level="stale" />
        <p>
          <strong>{words.server.neverTitle}</strong> {words.server.neverNext}
        </p>
      </div>
    );
  }
  const heard = (serverClock_s.value ?? 0) - silence_s.value;
  return (
    <div class="banner">
      <Shape level="stale" />
      <p>
        <strong>{words.server.goneTitle(clockTime(heard))}</strong> {words.server.goneAge(duration(silence_s.value))}
      </p>
    </div>
  );
}

const NORMAL = ["normal", "virtual"];

function Footer({ here }: { here: Route }) {
  const silent = packNumbers.value.filter((number) => {
    const fresh = packSignal(number).value?.freshness;
    return fresh === "stale" || fresh === "absent";
  });
  const clock = serverClock_s.value;
  const told = connection.value ? (connectionWords.title[connection.value.state] ?? connection.value.title) : null;
  let text = told ?? words.footer.normal;
  if (server.value === "waiting") text = words.footer.waiting;
  else if (serverGone.value) text = words.footer.lost;
  else if (silent.length > 0 && NORMAL.includes(connection.value?.state ?? "normal")) text = words.footer.interrupted(silent.map(String));
  return (
    <footer class="foot">
      <span class={serverGone.value || silent.length > 0 || !NORMAL.includes(connection.value?.state ?? "normal") ? "communication bad" : "communication"}><a href={address("connect")}>{text}</a></span>
      {clock === null || serverGone.value ? null : <time title={words.footer.clock}>{toolClock(clock)}</time>}
      {reader.value === null && !serverGone.value ? <a href={address("account")}>{words.footer.signIn}</a> : null}
      {serverGone.value ? null : <ToolLinks here={here} />}
      <span class="version">
        {words.product} {version.value}
      </span>
    </footer>
  );
}

/** Screens whose address names a pack first. */
const OF_A_PACK: readonly PlaceName[] = ["pack", "settings", "system", "protocol", "logs"];

/**
 * Where the footer of the service tool has its buttons, ways to the places of what they do, for the pack that is looked
 * at: none of it is one click.
 */
function ToolLinks({ here }: { here: Route }) {
  const shown = OF_A_PACK.includes(here.screen) ? packIn(here.rest) : null;
  const first = shown !== null && packNumbers.value.includes(shown) ? shown : packNumbers.value[0];
  return (
    <>
      <a href={address("connect")}>{connection.value?.state === "disconnected" ? words.footer.connect : words.footer.disconnect}</a>
      {first === undefined || !may("operator") ? null : (
        <>
          <a href={address("system", first, "charge_limiter")}>{words.pack.switchNames.limit}</a>
          <a href={address("system", first, "shutdown")}>{words.footer.shutdown}</a>
        </>
      )}
    </>
  );
}
