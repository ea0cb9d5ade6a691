// For work on the page only: looks at every screen in a real browser and says what is wrong with it.
//
//   node dev/look.mjs [folder for the pictures]      CHROMIUM=/path/to/chromium when it is not /usr/bin/chromium
//
// Screens x looks x sizes as pictures; axe-core on each; console errors; sideways scrolling; the keyboard; the lamps'
// rhythm; a server that dies; sixteen packs.

import { spawn } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const HERE = dirname(fileURLToPath(import.meta.url));
const PORT = 8418;
const BASE = `http://127.0.0.1:${PORT}/`;
const OUT = process.argv[2] ?? "/tmp/openress-look";
const AXE = await readFile(join(HERE, "..", "node_modules", "axe-core", "axe.min.js"), "utf8");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } };
const SCREENS = {
  overview: "?warn&limited&uneven&gateway#/",
  rack: "#/pack",
  balance: "?uneven#/balance",
  health: "#/health",
  tools: "#/tools",
  pack: "#/pack/2",
  links: "#/links",
  help: "#/help",
  "overview-trouble": "?packs=6&protect&fault&absent&warn#/",
  "overview-old": "?packs=5&stale&asleep#/",
  "overview-sparse": "?sparse&real&discharge#/",
  "pack-sparse": "?sparse&real&idle#/pack/1",
  "pack-protect": "?protect#/pack/2",
  "overview-16": "?packs=16#/",
  "overview-de": "?lang=de&warn&limited&gateway#/",
  "overview-es": "?lang=es&warn&limited&gateway#/",
  "overview-zh": "?lang=zh&warn&limited&gateway#/",
  "balance-de": "?lang=de&uneven#/balance",
  "balance-es": "?lang=es&uneven#/balance",
  "balance-zh": "?lang=zh&uneven#/balance",
};

const problems = [];
const complain = (what) => {
  problems.push(what);
  console.error(`! ${what}`);
};

await mkdir(OUT, { recursive: true });
let server = await startServer();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
try {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      for (const [name, path] of Object.entries(SCREENS)) await lookAt({ size, viewport, colorScheme, name, path });
    }
  }
  await keyboard();
  await rhythm();
  await smoothness();
  await gaps();
  await deadServer();
} finally {
  await browser.close();
  server.kill();
}
console.log(problems.length === 0 ? "Nothing to complain about." : `${problems.length} complaints.`);
process.exitCode = problems.length === 0 ? 0 : 1;

function startServer() {
  const child = spawn(process.execPath, [join(HERE, "serve.mjs"), String(PORT)], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve) => child.stdout.once("data", () => resolve(child)));
}

async function open(path, options = {}) {
  const page = await browser.newPage({ viewport: SIZES.desktop, ...options });
  page.on("console", (message) => message.type() === "error" && !page.expectsErrors && complain(`${path}: console: ${message.text()}`));
  page.on("pageerror", (error) => complain(`${path}: ${error.message}`));
  page.on("request", (request) => request.url().startsWith(BASE) || complain(`${path}: a request left the site: ${request.url()}`));
  await page.goto(BASE + path);
  await page.waitForSelector(".headline");
  await page.waitForTimeout(1300);
  return page;
}

async function lookAt({ size, viewport, colorScheme, name, path }) {
  const label = `${name}-${size}-${colorScheme}`;
  const page = await open(path, { viewport, colorScheme, deviceScaleFactor: size === "phone" ? 2 : 1 });
  await page.screenshot({ path: join(OUT, `${label}.png`), fullPage: true });
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (sideways > 0) complain(`${label}: scrolls sideways by ${sideways} px`);
  await page.evaluate(AXE);
  const findings = await page.evaluate(async () => (await globalThis.axe.run()).violations);
  for (const { impact, id, help, nodes } of findings) {
    const text = `${label}: axe ${impact} ${id}: ${help} (${nodes.length}) ${nodes[0].html.slice(0, 140)} ${nodes[0].failureSummary?.split("\n")[1] ?? ""}`;
    if (impact === "serious" || impact === "critical") complain(text);
    else console.log(`  ${text}`);
  }
  await page.close();
}

async function keyboard() {
  const page = await open("#/");
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim().slice(0, 40) ?? "");
  const seen = [];
  for (let count = 0; count < 30; count += 1) {
    await page.keyboard.press("Tab");
    seen.push(await focused());
    const visible = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    if (!visible && (await page.evaluate(() => document.activeElement !== document.body))) complain(`keyboard: no visible focus on "${seen.at(-1)}"`);
  }
  for (const expected of ["Skip", "Overview", "Help", "Pack 1", "Pack 4", "5 min"]) {
    if (!seen.some((text) => text.startsWith(expected))) complain(`keyboard: Tab never reaches "${expected}"`);
  }
  await page.focus(".module");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(200);
  const at = (hash, doing) => page.evaluate(() => location.hash).then((now) => now === hash || complain(`keyboard: ${doing} led to ${now}, not ${hash}`));
  await at("#/pack/2", "Down, Enter");
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(100);
  await at("#/pack/3", "Right");
  if (!(await page.title()).startsWith("Pack 3")) complain("keyboard: the title does not follow the screen");
  await page.goBack();
  await at("#/pack/2", "the browser's back");
  await page.keyboard.press("Escape");
  await page.waitForTimeout(100);
  await at("#/pack", "Escape");
  await page.close();
}

/** Samples the lamps of the legend every 50 ms over 12 s and compares lit share and period with the guide's. */
async function rhythm() {
  const page = await open("#/help");
  const samples = await page.evaluate(async () => {
    const found = [];
    const started = performance.now();
    while (performance.now() - started < 12000) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const root = document.documentElement.classList;
      found.push([1, 2, 3].map((flash) => root.contains(`lit-flash${flash}`)));
    }
    return found;
  });
  for (const [index, expected] of [0.0625, 0.5, 0.25].entries()) {
    const share = samples.filter((sample) => sample[index]).length / samples.length;
    if (Math.abs(share - expected) > 0.03) complain(`lamps: flash ${index + 1} is lit ${(share * 100).toFixed(1)} % of the time, not ${expected * 100} %`);
  }
  await page.close();
}

/** Sixteen packs on a slow machine: no frame may take longer than a tenth of a second. */
async function smoothness() {
  const page = await open("?packs=16#/", { viewport: SIZES.phone });
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const { tasks, longest } = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const tasks = [];
        let before = performance.now();
        let longest = 0;
        const frame = (now) => {
          longest = Math.max(longest, Math.round(now - before));
          before = now;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
        new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => Math.round(entry.duration)))).observe({ entryTypes: ["longtask"] });
        setTimeout(() => resolve({ tasks, longest }), 8000);
      }),
  );
  console.log(`16 packs, processor slowed 4 times, 8 s: tasks over 50 ms: ${JSON.stringify(tasks)}, longest frame ${longest} ms`);
  if (tasks.some((duration) => duration > 100)) complain(`16 packs: a task of ${Math.max(...tasks)} ms`);
  await page.close();
}

async function gaps() {
  const page = await open("?gap#/");
  await page.waitForTimeout(13000);
  if (await page.locator(".banner").count()) complain("gap: a lost event was not made good");
  await page.close();
}

async function deadServer() {
  for (const [signal, most_ms] of [["SIGSTOP", 3100], ["SIGKILL", 1000]]) {
    const page = await open("#/");
    page.expectsErrors = true;
    server.kill(signal);
    const started = Date.now();
    await page.waitForSelector(".banner", { timeout: 10000 });
    const took = Date.now() - started;
    console.log(`${signal}: the page says so after ${took} ms`);
    if (took > most_ms) complain(`${signal}: the page took ${took} ms to say that the server is gone`);
    await page.waitForTimeout(2000);
    await page.screenshot({ path: join(OUT, `gone-${signal}.png`), fullPage: true });
    const live = await page.evaluate(() => [...document.querySelectorAll("main .num:not(.absent)")].filter((value) => value.closest("[data-fresh]")?.dataset.fresh === "fresh").length);
    if (live > 0) complain(`${signal}: ${live} values still look fresh`);
    if (signal === "SIGSTOP") server.kill("SIGCONT");
    else server = await startServer();
    await page.waitForSelector(".banner", { state: "detached", timeout: 15000 });
    console.log(`${signal}: back by itself`);
    await page.close();
  }
}
