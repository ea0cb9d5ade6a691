// The frame around every screen: where one can go, whether the server is there, whether the rack is real.

import { useEffect, useRef } from "preact/hooks";
import { announcement } from "../announce";
import { clockTime, duration, fixed, toolClock } from "../format";
import {
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
import { address, route, type Route } from "../route";
import { theme, toggleTheme } from "../theme";
import { words } from "../words";
import { HelpScreen } from "./help";
import { Icon } from "./icons";
import { LinksScreen } from "./links";
import { PackScreen } from "./pack";
import { RackScreen } from "./rack";
import { Shape } from "./state";

export function App() {
  const here = route.value;
  useTitleAndFocus(here);
  return (
    <div class="frame">
      <a class="skip" href="#content" onClick={focusContent}>{words.skip}</a>
      <Rail here={here} />
      <header class="topbar">
        <a class="brand" href={address({ screen: "rack" })}>{words.product}</a>
        <VirtualMark />
        <ThemeButton />
      </header>
      <main id="content" tabIndex={-1}>
        <ServerBanner />
        <Screen here={here} />
      </main>
      <Footer />
      <p class="hidden" role="status" aria-live="polite">{announcement.value}</p>
    </div>
  );
}

function focusContent(event: Event): void {
  event.preventDefault(); // the hash names the screen here, not a place on it
  document.getElementById("content")?.focus();
}

function Screen({ here }: { here: Route }) {
  switch (here.screen) {
    case "rack":
      return <RackScreen />;
    case "pack":
      return <PackScreen number={here.pack} />;
    case "links":
      return <LinksScreen />;
    case "help":
      return <HelpScreen />;
  }
}

/** A new screen starts at its top, with its heading as the place where reading goes on. */
function useTitleAndFocus(here: Route): void {
  const place = address(here);
  const first = useRef(true);
  useEffect(() => {
    const name = here.screen === "pack" ? words.pack.title(here.pack) : words.nav[here.screen];
    document.title = `${name} · ${words.product}`;
    if (!first.current) {
      scrollTo(0, 0);
      document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [place]);
}

function Rail({ here }: { here: Route }) {
  const pack = here.screen === "pack" ? here.pack : (packNumbers.value[0] ?? 1);
  const places = [
    { name: words.nav.rack, icon: "rack", to: { screen: "rack" } },
    { name: words.nav.packs, icon: "packs", to: { screen: "pack", pack } },
    { name: words.nav.links, icon: "links", to: { screen: "links" } },
    { name: words.nav.help, icon: "help", to: { screen: "help" } },
  ] as const satisfies { name: string; icon: string; to: Route }[];
  return (
    <nav class="rail" aria-label={words.nav.label}>
      {places.map(({ name, icon, to }) => (
        <a key={name} href={address(to)} aria-current={to.screen === here.screen ? "page" : undefined}>
          <Icon name={icon} />
          {name}
        </a>
      ))}
    </nav>
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
  const more = running === false ? words.virtual.paused : speed != null && speed !== 1 ? words.virtual.speed(fixed(speed, speed % 1 === 0 ? 0 : 1) ?? "") : null;
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

function Footer() {
  const silent = packNumbers.value.filter((number) => {
    const fresh = packSignal(number).value?.freshness;
    return fresh === "stale" || fresh === "absent";
  });
  const clock = serverClock_s.value;
  let text = words.footer.normal;
  if (server.value === "waiting") text = words.footer.waiting;
  else if (serverGone.value) text = words.footer.lost;
  else if (silent.length > 0) text = words.footer.interrupted(silent.map(String));
  return (
    <footer class="foot">
      <span class={serverGone.value || silent.length > 0 ? "communication bad" : "communication"}>{text}</span>
      {clock === null || serverGone.value ? null : <time title={words.footer.clock}>{toolClock(clock)}</time>}
      <span class="version">
        {words.product} {version.value}
      </span>
    </footer>
  );
}
