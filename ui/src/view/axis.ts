// What the axes of all charts have in common.

/** Between two numbers of an axis; without quarters, which would be rounded into uneven steps. */
export const STEPS = [0.01, 0.1, 1, 10, 100, 1000, 10_000].flatMap((unit) => [unit, 2 * unit, 5 * unit]);

/** Half of a time on the axis, so that the last one is not cut. */
export const END_PX = 28;
