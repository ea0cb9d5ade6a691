// For work on the page only: serves the built page with an invented, lively rack.
//
//   node dev/serve.mjs [port]        then open http://127.0.0.1:8417/
//
// The page's own query chooses what there is to see, as in /?packs=16&protect
//   packs=N   number of packs            idle      standing by           discharge   discharging
//   warn      pack 2 warns               protect   pack 2 in protection  fault       pack 3 has a fault
//   stale     pack 2 falls silent        asleep    pack 3 sleeps         absent      pack 4 does not answer
//   dark      pack 2 dark in protection  sparse    many values unknown   real        without the virtual mark
//   limited   a cell holds the charge current down           uneven    cells of pack 3 apart in charge, two bled
//   gateway   an inverter is told limits, and something is wrong with it
//   restless  a pack changes its state every few seconds                  gap         one event in ten is lost

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const FILES = join(HERE, "..", "..", "src", "openress", "web", "static");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const CELLS = 16;
const BORN_S = Date.now() / 1000;

const wave = (time_s, period_s, phase = 0) => Math.sin((2 * Math.PI * time_s) / period_s + phase);
const round = (value, decimals) => Math.round(value * 10 ** decimals) / 10 ** decimals;
const noise = (time_s, seed) => wave(time_s, 1.7, seed * 3.1) * wave(time_s, 0.73, seed) + wave(time_s, 5.3, seed * 1.7) * 0.4;

/** The rack at one moment; the same moment always gives the same rack. */
function rackAt(time_s, query) {
  const count = Math.min(16, Math.max(0, Number(query.get("packs") ?? 4)));
  const packs = {};
  for (let number = 1; number <= count; number += 1) packs[number] = packAt(time_s, number, query);
  const heard = Object.values(packs).filter((pack) => pack.freshness === "fresh");
  const all = (key) => heard.map((pack) => pack[key]).filter((value) => value !== undefined);
  const sum = (key) => round(all(key).reduce((total, value) => total + value, 0), 2);
  const merged = (key) => [...new Set(heard.flatMap((pack) => pack[key] ?? []))];
  const current = sum("pack_current_a");
  const state = current > 0.5 ? "CHARGE" : current < -0.5 ? "DISCHARGE" : "STANDBY";
  const rack = {
    product: "syscom-a5l-51v2",
    title: "Syscom A5L 51.2 V",
    cells: CELLS,
    sentence: sentence(state, current, merged("protections"), merged("faults")),
    state,
    freshness: count === 0 ? "absent" : "fresh",
    age_s: 0.4,
    modules: count,
    pack_voltage_v: round(Math.max(...all("pack_voltage_v"), 0), 2),
    pack_current_a: round(current, 1),
    soc_pct: round(sum("remaining_ah") / Math.max(1, sum("full_ah")) * 100, 1),
    soh_pct: 100,
    soc_low_pct: round(sum("remaining_ah") / Math.max(1, sum("full_ah")) * 100 - 2.4, 1),
    soc_high_pct: round(sum("remaining_ah") / Math.max(1, sum("full_ah")) * 100 + 3.1, 1),
    remaining_ah: round(sum("remaining_ah"), 1),
    full_ah: round(sum("full_ah"), 1),
    cell_voltage_min_mv: Math.min(...all("cell_voltage_min_mv")),
    cell_voltage_max_mv: Math.max(...all("cell_voltage_max_mv")),
    temperature_min_c: Math.min(...all("temperature_min_c")),
    temperature_max_c: Math.max(...all("temperature_max_c")),
    charge_voltage_limit_v: 56,
    charge_current_limit_a: query.has("limited") ? 60 : 50 * heard.length,
    charge_reason: query.has("limited") ? { rule: "cell_voltage", value: 3462, cell: 11, pack: 3 } : { rule: "rated", value: 50, pack: 1 },
    discharge_reason: { rule: "rated", value: 50, pack: 1 },
    discharge_current_limit_a: 50 * heard.length,
    discharge_voltage_limit_v: 48,
    alarms: merged("alarms"),
    protections: merged("protections"),
    faults: merged("faults"),
    thresholds: { cell_ov_alarm_mv: 3500, cell_ov_protect_mv: 3650, cell_uv_alarm_mv: 2800, cell_uv_protect_mv: 2500 },
  };
  if (query.has("sparse")) for (const key of ["remaining_ah", "soh_pct", "charge_voltage_limit_v", "thresholds"]) delete rack[key];
  return {
    version: "0.1.0",
    virtual: !query.has("real"),
    time_s: round(time_s, 3),
    rack,
    packs,
    links: [
      { name: "Pylontech RS485", url: "pty:/tmp/openress/rack" },
      { name: "Pylontech RS485", url: "tcp-listen://127.0.0.1:4196" },
    ],
    gateway: query.has("gateway") ? gatewayNow : null,
    simulation: { running: true, speed: Number(query.get("speed") ?? 1) },
  };
}

const gatewayNow = {
  title: "Example inverter",
  dialect: "pylontech-can",
  evidence: "captures of real devices",
  link: "can:0",
  simulated: true,
  state: "live",
  sentence: "The inverter is told 56.0 V, 40.0 A in, 200.0 A out.",
  age_s: 1,
  told: { charge_voltage_limit_v: 56, charge_current_limit_a: 40, discharge_current_limit_a: 200, discharge_voltage_limit_v: 48 },
  why: ["the packs allow: 56.0 V, 60.0 A in, 200.0 A out", "you allow no more than: 40.0 A in"],
  chain: [
    { rule: "packs", charge_voltage_v: 56, charge_current_a: 60, discharge_current_a: 200 },
    { rule: "user", charge_current_a: 40 },
  ],
  alarms: [{ trouble: "inverter_silent", sentence: "The inverter has said nothing for 12 s.", for_s: 12 }],
};

function sentence(state, current, protections, faults) {
  const amps = Math.abs(Math.round(current));
  if (faults.length > 0) return `Fault in pack 3. The other packs carry on with ${amps} A.`;
  if (protections.length > 0) return `Charging with ${amps} A. Pack 2 stopped charging: cell 11 is at 3.66 V.`;
  if (state === "CHARGE") return `Charging with ${amps} A, full about 14:20.`;
  if (state === "DISCHARGE") return `Discharging with ${amps} A, at 10 % about 23:40.`;
  return "Standing by. Nothing flows.";
}

function packAt(time_s, number, query) {
  const is = (name, who) => query.has(name) && number === who;
  const flow = query.has("idle") ? 0 : query.has("discharge") ? -1 : 1;
  const stopped = is("protect", 2) || is("dark", 2) || is("fault", 3);
  const current = stopped ? 0 : flow * (10.3 + wave(time_s, 190, number) * 1.8 + noise(time_s, number) * 0.25);
  const soc = 68 + number * 0.9 + ((time_s - BORN_S) * flow) / 90 + 2 * wave(time_s, 900);
  const base = 3312 + soc * 0.2 + current * 0.6;
  const cells = Array.from({ length: CELLS }, (_, cell) =>
    Math.round(base + 3 * Math.sin(cell * 2.3 + number * 1.1) + 1.2 * noise(time_s, cell + number)),
  );
  if (is("protect", 2) || is("dark", 2)) cells[10] = 3662;
  if (is("warn", 2)) cells[10] = 3512;
  const temperatures = [0, 1, 2, 3].map((sensor) => round(24.6 + number * 0.2 + Math.sin(sensor + number) * 0.4 + wave(time_s, 300, sensor) * 0.2, 1));
  const alarms = is("warn", 2) ? ["cell_over_voltage"] : number === 4 && query.has("warn") ? ["cell_over_voltage", "charge_over_temperature"] : [];
  const protections = is("protect", 2) ? ["cell_over_voltage"] : is("dark", 2) ? ["charge_over_temperature"] : [];
  const faults = is("fault", 3) ? ["temperature_sensor"] : [];
  let state = stopped ? (faults.length > 0 ? "FAULT" : "PROTECT") : current > 0.5 ? "CHARGE" : current < -0.5 ? "DISCHARGE" : "STANDBY";
  if (query.has("restless") && number === 1 + (Math.floor(time_s / 4) % 4)) state = "STANDBY";
  let freshness = "fresh";
  if (is("stale", 2)) freshness = "stale";
  if (is("asleep", 3)) [freshness, state] = ["asleep", "DORMANT"];
  if (is("absent", 4)) freshness = "absent";
  const age = freshness === "fresh" ? 0.4 : round(time_s - BORN_S + 12, 0);
  const switches = [1, 2, 4, 8].map((bit) => (number & bit) !== 0);
  if (freshness === "absent") return { pack: number, address_switches: switches, freshness, age_s: age };
  const pack = {
    pack: number,
    address_switches: switches,
    serial: `VIRTUAL-${String(number).padStart(4, "0")}`,
    state,
    freshness,
    age_s: age,
    pack_voltage_v: round(cells.reduce((sum, cell) => sum + cell, 0) / 1000, 2),
    pack_current_a: round(current, 1),
    soc_pct: round(soc, 1),
    soh_pct: 100,
    remaining_ah: round(soc, 1),
    full_ah: 100,
    design_ah: 100,
    cycles: 3,
    cell_voltages_mv: cells,
    cell_voltage_min_mv: Math.min(...cells),
    cell_voltage_max_mv: Math.max(...cells),
    temperatures_c: temperatures,
    temperature_min_c: Math.min(...temperatures),
    temperature_max_c: Math.max(...temperatures),
    mos_temperature_c: round(26.4 + number * 0.3, 1),
    env_temperature_c: 25.8,
    balancing: cells.map((cell, index) => (index === 10 && cell > 3450) || (is("uneven", 3) && (index === 4 || index === 10))),
    ...(is("uneven", 3) ? { balance: { basis: "learned", ahead_ah: cells.map((_, cell) => (cell === 10 ? 2.41 : cell === 4 ? 1.1 : round(0.08 * (1 + Math.sin(cell * 1.7)), 3))), bleed_a: 0.1, hours_left: 24.1 } } : {}),
    health: {
      rated_ah: 100,
      capacity_ah: round(98.6 - number * 0.7, 1),
      capacity_low_ah: round(96.1 - number * 0.7, 1),
      capacity_high_ah: round(101.1 - number * 0.7, 1),
      capacity_swings: number === 1 ? 0 : 4,
      full_cycles: 3.4,
      charged_ah: 344.2,
      discharged_ah: 331.9,
      resistance_ratio: 1.08,
      resistance_sigma: 0.05,
      resistance_steps: 27,
      resistance_growth_pct: 1.4,
      events: number === 2 ? { over_charge: 2 } : {},
    },
    alarms,
    protections,
    faults,
    switches: {
      charge: !(protections.length > 0 || faults.length > 0),
      discharge: faults.length === 0,
      limit: false,
      heating: false,
      dry_contact_1: alarms.length > 0,
      dry_contact_2: false,
      precharge: false,
    },
    lamps: lamps(state, soc, alarms, protections),
  };
  if (query.has("sparse")) for (const key of ["serial", "soh_pct", "cycles", "balancing", "mos_temperature_c", "alarms", "lamps", "address_switches", "switches"]) delete pack[key];
  return pack;
}

/** The guide's LED table (standby, charge, discharge, protection, failure). */
function lamps(state, soc, alarms, protections) {
  const dark = ["off", "off", "off", "off"];
  if (state === "DORMANT") return { run: "off", alm: "off", soc: dark };
  if (state === "FAULT") return { run: "off", alm: "on", soc: dark };
  if (protections.includes("cell_over_voltage")) return { run: "on", alm: "off", soc: ["on", "on", "on", "on"] };
  if (state === "PROTECT") return { run: "off", alm: "off", soc: dark };
  const top = Math.min(3, Math.floor(soc / 25));
  const bar = dark.map((_, index) => (index < top ? "on" : index > top ? "off" : state === "CHARGE" ? "flash2" : "on"));
  return { run: state === "STANDBY" ? "flash1" : "on", alm: alarms.length > 0 ? "flash3" : "off", soc: bar };
}

/** What is different, with `null` for what is gone. */
function difference(before, after) {
  const changed = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) changed[key] = after[key] ?? null;
  }
  return changed;
}

function deltaBetween(before, after, seq) {
  const packs = {};
  for (const number of new Set([...Object.keys(before.packs), ...Object.keys(after.packs)])) {
    const change = after.packs[number] ? difference(before.packs[number] ?? {}, after.packs[number]) : null;
    if (change === null || Object.keys(change).length > 0) packs[number] = change;
  }
  return { seq, time_s: after.time_s, rack: difference(before.rack, after.rack), packs };
}

function recent(query) {
  const end = Math.floor(Date.now() / 1000);
  const series = {};
  const names = ["pack_voltage_v", "pack_current_a", "soc_pct", "cell_voltage_min_mv", "cell_voltage_max_mv"];
  for (let time_s = end - 899; time_s <= end; time_s += 1) {
    const { rack, packs } = rackAt(time_s, query);
    const hole = end - time_s > 400 && end - time_s < 430;
    const owners = { rack, ...Object.fromEntries(Object.entries(packs).map(([number, pack]) => [`pack.${number}`, pack])) };
    for (const [owner, values] of Object.entries(owners)) {
      for (const name of names) (series[`${owner}.${name}`] ??= []).push(hole ? null : (values[name] ?? null));
    }
  }
  return { interval_s: 1, start_s: end - 899, series };
}

function stream(response, query) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const say = (event, body) => response.write(`event: ${event}\ndata: ${JSON.stringify(body)}\n\n`);
  let seq = sequence();
  let before = { ...rackAt(Date.now() / 1000, query), seq };
  say("snapshot", before);
  const timer = setInterval(() => {
    const after = rackAt(Date.now() / 1000, query);
    seq += 1;
    const lost = query.has("gap") && seq % 10 === 0;
    if (!lost) say("delta", deltaBetween(before, after, seq));
    before = after;
  }, 1000);
  response.on("close", () => clearInterval(timer));
}

/** One number a second, so that a snapshot fetched between two events fits between them. */
function sequence() {
  return Math.floor(Date.now() / 1000 - BORN_S) + 1;
}

export function serve(port) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://page.invalid");
    // the page asks for api/... without its query, but says where it asks from
    const query = new URL(request.headers.referer ?? "http://page.invalid/").searchParams;
    const json = (body) => {
      response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" });
      response.end(JSON.stringify(body));
    };
    if (url.pathname === "/api/stream") return stream(response, query);
    if (url.pathname === "/api/snapshot") return json({ ...rackAt(Date.now() / 1000, query), seq: sequence() });
    if (url.pathname === "/api/recent") return json(recent(query));
    const path = normalize(url.pathname === "/" ? "/index.html" : url.pathname);
    try {
      const content = await readFile(join(FILES, path));
      response.writeHead(200, {
        "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
        "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
      });
      response.end(content);
    } catch {
      response.writeHead(404).end(`No file ${path}; build the page first with: npm run build\n`);
    }
    return undefined;
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const port = Number(process.argv[2] ?? 8417);
  await serve(port);
  console.log(`http://127.0.0.1:${port}/`);
}
