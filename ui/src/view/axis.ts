// What the axes and sizes of all charts have in common.

import type uPlot from "uplot";

/** Between two numbers of an axis; without quarters, which would be rounded into uneven steps. */
export const STEPS = [0.01, 0.1, 1, 10, 100, 1000, 10_000].flatMap((unit) => [unit, 2 * unit, 5 * unit]);

/** Half of a time on the axis, so that the last one is not cut. */
export const END_PX = 28;

/** Keeps a chart as large as its place. On paper it stays as it was drawn, since that is over before it is drawn anew. */
export function fitted(made: uPlot, element: HTMLElement): ResizeObserver {
  const paper = matchMedia("print");
  const sizes = new ResizeObserver(() => {
    const size = { width: element.clientWidth, height: element.clientHeight };
    if (!paper.matches && size.width > 0 && (size.width !== made.width || size.height !== made.height)) made.setSize(size);
  });
  sizes.observe(element);
  return sizes;
}
