// Pictures of the page: three sizes, two themes, two languages.
//
//   node end2end/shot.mjs FOLDER [--dist DIST] [--end | --steps N] [--only 1440-light-en]
//
// FOLDER gets one PNG each, such as 1440-light-en.png. By default the run stands at its start;
// --steps N goes N steps forward, --end to where nothing more will change.

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { ROOT, open, settled, start } from "./harness.mjs";

const SIZES = [
  [1440, 900],
  [1024, 768],
  [390, 844],
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dist: { type: "string", default: join(ROOT, "dist") },
    end: { type: "boolean", default: false },
    steps: { type: "string", default: "0" },
    only: { type: "string", default: "" },
    full: { type: "boolean", default: false },
  },
});
if (positionals.length !== 1) {
  console.error("usage: node end2end/shot.mjs FOLDER [--dist DIST] [--end | --steps N]");
  process.exit(1);
}
const folder = resolve(positionals[0]);
mkdirSync(folder, { recursive: true });

const session = await start(values.dist);
let complaints = 0;
try {
  for (const [width, height] of SIZES) {
    for (const theme of ["light", "dark"]) {
      for (const lang of ["en", "zh"]) {
        const name = `${width}-${theme}-${lang}`;
        if (!name.includes(values.only)) continue;
        const page = await open(session, { width, height, theme, lang });
        await settled(page);
        if (values.end) await page.getByTestId("to-end").click();
        for (let step = 0; step < Number(values.steps); step += 1) {
          await page.keyboard.press("ArrowRight");
        }
        await page.waitForTimeout(300);
        const path = join(folder, `${name}.png`);
        await page.screenshot({ path, fullPage: values.full });
        console.log(path);
        for (const complaint of page.complaints) console.error(`  console: ${complaint}`);
        complaints += page.complaints.length;
        await page.context().close();
      }
    }
  }
} finally {
  await session.close();
}
process.exitCode = complaints === 0 ? 0 : 1;
