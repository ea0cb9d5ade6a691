// English words of the balance screen.

import { plural } from "../grammar";

const n = plural("en");

export const en = {
  nothing: "No pack gives cell voltages.",
  apart: (pack: string, mv: string) => `Cells are furthest apart in pack ${pack}: ${mv}.`,
  bleeding: n({ one: "# cell is being bled.", other: "# cells are being bled." }),
  noneBleeds: "No cell is being bled.",
  spread: "Spread",
  mean: "Mean",
  highest: "Highest",
  lowest: "Lowest",
  cellAt: (cell: number, mv: string) => `cell ${cell}, ${mv}`,
  bleeders: "Bleeding now",
  nobody: "nobody",
  cells: (count: number, cells: string) => `${count === 1 ? "cell" : "cells"} ${cells}`,
  debt: "Furthest ahead",
  debtOf: (cell: number, ah: string) => `cell ${cell}, ${ah}`,
  atLeast: (text: string) => `${text} at least`,
  hours: "Bleeding left",
  hoursOf: (hours: string, bleed: string) => `${hours} h at ${bleed}`,
  unknownDebt: "Not known yet.",
  unknownWhy: "It shows when a gentle charge takes the cells past 3.45 V.",
  picture: (low: string, high: string, spread: string) =>
    `Cells around their mean: lowest is ${low}, highest is ${high}, spread ${spread}.`,
  aheadPicture: "Charge by which each cell is ahead of the last",
  voltages: "Voltage around the mean",
  lines: "The dashed line is the alarm, the full line the protection. The scale is wide near the mean and narrow far from it.",
  bleedMark: "A drop under a cell: it is being bled.",
  how: "What to make of it",
  howItems: [
    "On the plateau of LiFePO4 a millivolt says nothing about charge: cells may look alike and differ by much, or the other way round.",
    "At the top of a charge voltages tell. What is ahead there is learned and then bled, wherever the pack is.",
    "At 100 mA an hour moves 0.1 Ah. A long stay at the top helps more than many short ones.",
  ],
  details: (pack: number) => `All cells of pack ${pack}`,
  weakest: (cell: number, pack: number, volts: string) => `Weakest cell: ${cell} of pack ${pack}, ${volts}`,
  strongest: (cell: number, pack: number, volts: string) => `Highest cell: ${cell} of pack ${pack}, ${volts}`,
  past: "Its history",
  pastOf: (pack: number) => `History of the cells of pack ${pack}`,
};
