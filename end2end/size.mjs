// How much a first visit loads until the page is there and the run's opening can be stepped
// through: every file that index.html needs, compressed as a good host does. The program's second
// half (`…_rest.wasm`) comes while that is shown; that nothing needs it earlier is proved by
// tests/halves.test.mjs.
//
//   node end2end/size.mjs FOLDER

import { readFileSync, readdirSync } from "node:fs";
import { basename, extname, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/** What the first load may be in bytes, after brotli at its highest level. */
const LIMIT = 350_000;

/** Kinds of file that a page loads by itself; licences.txt, say, waits for a click. */
const LOADED = new Set([".html", ".js", ".mjs", ".css", ".svg", ".wasm", ".woff2", ".png"]);

const TEXT = new Set([".html", ".js", ".mjs", ".css", ".svg"]);

/** Files of `folder` that index.html names, or that one of those names, and so on. */
function firstLoad(folder) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && LOADED.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const loaded = [join(folder, "index.html")];
  for (const file of loaded) {
    if (!TEXT.has(extname(file))) continue;
    const text = readFileSync(file, "utf8");
    const named = all.filter((other) => !loaded.includes(other) && text.includes(basename(other)));
    loaded.push(...named);
  }
  return loaded;
}

function brotli(content) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  return brotliCompressSync(content, { params }).length;
}

const folder = process.argv[2] ?? "dist";
const rows = firstLoad(folder).map((file) => {
  const content = readFileSync(file);
  return { name: relative(folder, file), raw: content.length, small: brotli(content) };
});
const total = rows.reduce((sum, row) => sum + row.small, 0);
const raw = rows.reduce((sum, row) => sum + row.raw, 0);
const line = (name, ...numbers) => {
  console.log([name.padEnd(44), ...numbers.map((it) => `${it}`.padStart(9))].join(" "));
};
line("first load", "bytes", "brotli 11");
for (const { name, raw, small } of rows) line(name, raw, small);
line("total", raw, total);
const rest = readdirSync(folder).filter((name) => name.endsWith("_rest.wasm"));
for (const name of rest) {
  const content = readFileSync(join(folder, name));
  line(`then ${name}`, content.length, brotli(content));
}
const verdict = total <= LIMIT ? "within" : "OVER";
console.log(`${(total / 1000).toFixed(1)} kB: ${verdict} the limit of ${LIMIT / 1000} kB`);
process.exitCode = total <= LIMIT ? 0 : 1;
