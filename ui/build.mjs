// Builds the page: bundles src/ with esbuild into a folder of static files and prints their compressed sizes.
//
//   node build.mjs [folder]      default folder: ../src/openress/web/static
//
// Every screen and every language is a file of its own, fetched when it is wanted; the names of scripts and styles
// carry a digest of their content, so a server may let browsers keep them for ever. `sizes.json` beside the page tells
// what a browser fetches before it can draw anything (first paint), and what each file weighs.

import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
/** In kB, compressed: the whole page, and what must arrive before anything is seen. */
const LIMIT_KB = 250;
const FIRST_LIMIT_KB = 65;

const outFolder = resolve(process.argv[2] ?? join(HERE, "..", "src", "openress", "web", "static"));
const assets = join(outFolder, "assets");

const { outputFiles, metafile } = await build({
  absWorkingDir: HERE,
  entryPoints: { app: "src/main.tsx" },
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: ["es2020", "safari15"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  write: false,
  metafile: true,
  outdir: "out",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
});

await rm(outFolder, { recursive: true, force: true });
await mkdir(assets, { recursive: true });
for (const file of outputFiles) await writeFile(join(assets, basename(file.path)), file.contents);

const outputs = Object.fromEntries(Object.entries(metafile.outputs).map(([path, told]) => [basename(path), told]));
const entry = Object.keys(outputs).find((name) => outputs[name].entryPoint === "src/main.tsx");
const style = basename(outputs[entry].cssBundle);
const overview = Object.keys(outputs).find((name) => outputs[name].entryPoint === "src/screens/overview.tsx");
const start = withImports(entry);
const first = withImports(overview, start);
// named in the page, so that one round fetches them all
const preloads = first
  .filter((name) => name !== entry)
  .map((name) => `<link rel="modulepreload" href="assets/${name}">\n    `);
const page = (await readFile(join(HERE, "index.html"), "utf8"))
  .replace("src/main.css", `assets/${style}`)
  .replace('<script type="module" src="src/main.tsx">', `${preloads.join("")}<script type="module" src="assets/${entry}">`);
await writeFile(join(outFolder, "index.html"), page);
await cp(join(HERE, "icon.svg"), join(outFolder, "icon.svg"));

const sizes = {};
for (const found of await readdir(outFolder, { recursive: true, withFileTypes: true })) {
  if (!found.isFile()) continue;
  const path = join(found.parentPath ?? found.path, found.name);
  sizes[relative(outFolder, path).replaceAll("\\", "/")] = gzipSync(await readFile(path), { level: 9 }).length;
}
const firstFiles = ["index.html", `assets/${style}`, ...first.map((name) => `assets/${name}`)];
const firstPaint = sum(firstFiles.map((name) => sizes[name]));
const total = sum(Object.values(sizes));
await writeFile(
  join(outFolder, "sizes.json"),
  `${JSON.stringify({ first_paint_bytes: firstPaint, first_paint: firstFiles, total_bytes: total, files: sizes }, null, 1)}\n`,
);

for (const [name, size] of Object.entries(sizes)) {
  console.log(`${name.padEnd(32)} ${kilobytes(size)} kB gzip${firstFiles.includes(name) ? "  first paint" : ""}`);
}
console.log(`${"first paint".padEnd(32)} ${kilobytes(firstPaint)} kB gzip (limit ${FIRST_LIMIT_KB} kB)`);
console.log(`${"total".padEnd(32)} ${kilobytes(total)} kB gzip (limit ${LIMIT_KB} kB)`);
for (const [what, size, limit] of [["The page", total, LIMIT_KB], ["What is fetched for the first paint", firstPaint, FIRST_LIMIT_KB]]) {
  if (size <= limit * 1000) continue;
  console.error(`${what} is ${kilobytes(size).trim()} kB compressed, more than the ${limit} kB it may be.`);
  process.exitCode = 1;
}

/** A file and all that it cannot start without. */
function withImports(name, known = []) {
  if (known.includes(name)) return known;
  const needed = outputs[name].imports.filter((one) => one.kind === "import-statement").map((one) => basename(one.path));
  return needed.reduce((all, one) => withImports(one, all), [...known, name]);
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1).padStart(8);
}
