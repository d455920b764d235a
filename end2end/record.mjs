// Watches which functions of a marked program run until the second half is asked for.
//
//   node end2end/record.mjs FOLDER FIRST COUNT OUT
//
// The program writes a 1 into a byte of its memory for each function it enters; FIRST is the
// address of the first of COUNT such bytes. OUT gets them.

import { writeFileSync } from "node:fs";

import { open, place, start } from "./harness.mjs";

/** Every way in which a first visit may look. */
const VISITS = [
  { lang: "en", theme: "light", width: 1440, height: 900 },
  { lang: "zh", theme: "dark", width: 1440, height: 900 },
  { lang: "en", theme: "system", width: 1024, height: 768 },
  { lang: "zh", theme: "system", width: 390, height: 844 },
  { lang: "en", theme: "light", width: 1440, height: 900, motion: "no-preference" },
];

/** The second half never comes: what runs is what a visit does before. */
const halved = () => {
  let script;
  Object.defineProperty(globalThis, "ordinal", {
    get: () => script,
    set: (given) => {
      script = { ...given, rest: () => new Promise(() => {}) };
    },
  });
};

const [folder, first, count, out] = process.argv.slice(2);
const ran = new Uint8Array(Number(count));
const session = await start(folder);
try {
  for (const visit of VISITS) {
    const page = await open(session, { ...visit, before: halved });
    const { steps } = await place(page);
    // There and back: the page answers its first keys without the rest.
    const there = Array(steps).fill("ArrowRight");
    for (const key of ["Home", "ArrowRight", "ArrowLeft", ...there, "ArrowLeft", "Home"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(100);
    }
    const bytes = await page.evaluate(
      ([first, count]) =>
        Array.from(new Uint8Array(globalThis.ordinal.exports.memory.buffer, first, count)),
      [Number(first), Number(count)],
    );
    bytes.forEach((byte, index) => (ran[index] |= byte));
    if (page.complaints.length > 0) throw new Error(page.complaints.join("\n"));
    await page.context().close();
  }
} finally {
  await session.close();
}
writeFileSync(out, ran);
