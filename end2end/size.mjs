// How much a first visit loads: every file that index.html needs, compressed as a good host does.
//
//   node end2end/size.mjs FOLDER

import { readFileSync, readdirSync } from "node:fs";
import { basename, extname, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/** The whole first load in bytes, after brotli at its highest level. */
const LIMIT = 350_000;

const TEXT = new Set([".html", ".js", ".css", ".svg"]);

/** Files of `folder` that index.html names, or that one of those names, and so on. */
function firstLoad(folder) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
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
const line = (name, a, b) => console.log(`${name.padEnd(44)} ${`${a}`.padStart(9)} ${`${b}`.padStart(9)}`);
line("first load", "bytes", "brotli 11");
for (const { name, raw, small } of rows) line(name, raw, small);
line("total", raw, total);
const verdict = total <= LIMIT ? "within" : "OVER";
console.log(`${(total / 1000).toFixed(1)} kB, ${verdict} the limit of ${LIMIT / 1000} kB`);
process.exitCode = total <= LIMIT ? 0 : 1;
