// One clock for all lamps: it switches three marks on the page's root, and style sheets light the lamps from them.

import { FLASHES, lit, untilNextEdge } from "./lamps";

export function startBlinking(): void {
  const root = document.documentElement;
  const step = () => {
    const now_s = performance.now() / 1000;
    for (const flash of FLASHES) root.classList.toggle(`lit-${flash}`, lit(flash, now_s));
    setTimeout(step, Math.max(4, untilNextEdge(now_s) * 1000));
  };
  step();
}
