// How long the page takes for one step, and for one move of the scrubber: from the key or the
// pointer until the page has changed and is laid out again.
//
//   node end2end/bench.mjs DIST

import { open, settled, start } from "./harness.mjs";

/** A frame at 60 Hz, in ms: the median step and the median drag must be handled within it. */
const LIMIT_MS = 16;

/** Runs in the page: presses a key `count` times; answers ms for each. */
async function timeKeys({ key, count }) {
  const number = document.querySelector("[data-testid=step-number]");
  const times = [];
  for (let turn = 0; turn < count; turn += 1) {
    const before = number.textContent;
    const began = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    while (number.textContent === before && performance.now() - began < 1000) {
      await new Promise((next) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = next;
        port2.postMessage(0);
      });
    }
    document.body.getBoundingClientRect();
    times.push(performance.now() - began);
    await new Promise((next) => requestAnimationFrame(next));
  }
  return times;
}

/** Runs in the page: drags the scrubber through `count` places all over it; answers ms for each. */
async function timeDrag({ count }) {
  const scrubber = document.querySelector("[data-testid=scrubber]");
  const number = document.querySelector("[data-testid=step-number]");
  const box = scrubber.getBoundingClientRect();
  const point = (type, part, buttons) => {
    const place = { clientX: box.x + box.width * part, clientY: box.y + box.height / 2 };
    const how = { bubbles: true, cancelable: true, pointerId: 1, isPrimary: true, buttons };
    scrubber.dispatchEvent(new PointerEvent(type, { ...place, ...how }));
  };
  const times = [];
  point("pointerdown", 0.5, 1);
  for (let turn = 0; turn < count; turn += 1) {
    // The golden ratio spreads the places evenly, and never twice to the same one.
    const part = 0.02 + 0.96 * (((turn + 1) * 0.618034) % 1);
    const before = number.textContent;
    const began = performance.now();
    point("pointermove", part, 1);
    while (number.textContent === before && performance.now() - began < 1000) {
      await new Promise((next) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = next;
        port2.postMessage(0);
      });
    }
    document.body.getBoundingClientRect();
    times.push(performance.now() - began);
    await new Promise((next) => requestAnimationFrame(next));
  }
  point("pointerup", 0.5, 0);
  return times;
}

function report(name, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  const show = (ms) => `${ms.toFixed(1)} ms`.padStart(9);
  console.log(
    `${name.padEnd(22)} ${`${times.length}`.padStart(5)} times` +
      `  median ${show(at(0.5))}  95% ${show(at(0.95))}  longest ${show(at(1))}`,
  );
  return at(0.5) <= LIMIT_MS;
}

const session = await start(process.argv[2]);
try {
  const began = performance.now();
  const page = await open(session);
  console.log(`page drawn after       ${((performance.now() - began) / 1000).toFixed(2)} s`);
  await settled(page);
  console.log(`whole run known after  ${((performance.now() - began) / 1000).toFixed(2)} s`);
  await page.getByTestId("to-start").click();
  const results = [
    report("step forward", await page.evaluate(timeKeys, { key: "ArrowRight", count: 400 })),
    report("step back", await page.evaluate(timeKeys, { key: "ArrowLeft", count: 400 })),
    report("drag of the scrubber", await page.evaluate(timeDrag, { count: 200 })),
  ];
  if (results.includes(false)) {
    console.log(`A median is over ${LIMIT_MS} ms, a frame at 60 Hz.`);
    process.exitCode = 1;
  }
} finally {
  await session.close();
}
