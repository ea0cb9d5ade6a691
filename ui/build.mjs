// Builds the page: bundles src/ with esbuild into a folder of static files and prints their compressed size.
//
//   node build.mjs [folder]      default folder: ../src/openress/web/static
//
// The names of script and style carry a digest of their content, so a server may let browsers keep them for ever.

import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const LIMIT_KB = 250;

const outFolder = resolve(process.argv[2] ?? join(HERE, "..", "src", "openress", "web", "static"));
const assets = join(outFolder, "assets");

const result = await build({
  absWorkingDir: HERE,
  entryPoints: { app: "src/main.tsx" },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2020", "safari15"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  write: false,
  outdir: "out",
});

await rm(outFolder, { recursive: true, force: true });
await mkdir(assets, { recursive: true });

const names = {};
for (const file of result.outputFiles) {
  const ending = file.path.endsWith(".css") ? "css" : "js";
  const digest = createHash("sha256").update(file.contents).digest("hex").slice(0, 10);
  names[ending] = `app-${digest}.${ending}`;
  await writeFile(join(assets, names[ending]), file.contents);
}

const page = await readFile(join(HERE, "index.html"), "utf8");
await writeFile(
  join(outFolder, "index.html"),
  page.replace("src/main.css", `assets/${names.css}`).replace("src/main.tsx", `assets/${names.js}`),
);
await cp(join(HERE, "icon.svg"), join(outFolder, "icon.svg"));

let total = 0;
for (const entry of await readdir(outFolder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const content = await readFile(path);
  const packed = gzipSync(content, { level: 9 }).length;
  total += packed;
  console.log(`${entry.name.padEnd(24)} ${kilobytes(content.length)} kB   ${kilobytes(packed)} kB gzip`);
}
console.log(`${"total".padEnd(24)} ${"".padStart(8)}      ${kilobytes(total)} kB gzip (limit ${LIMIT_KB} kB)`);
if (total > LIMIT_KB * 1000) {
  console.error(`The page is ${kilobytes(total).trim()} kB compressed, more than the ${LIMIT_KB} kB it may be.`);
  process.exit(1);
}

function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1).padStart(8);
}
