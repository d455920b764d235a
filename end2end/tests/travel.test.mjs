// Time travel: every step forward and back, jumps, dragging, playing, and a place that lasts.

import assert from "node:assert/strict";

import { ordinal, place, settled, visits } from "../harness.mjs";

const { visit } = visits();

/**
 * Runs in the page: presses `key` until the cursor stands at `goal`; answers the sentence shown
 * at each place. Stays in the page, because a round trip for each of thousands of steps is slow.
 */
async function walk({ key, goal }) {
  const cursor = document.querySelector("[data-testid=cursor]");
  const here = () => Number(cursor.getAttribute("aria-valuenow"));
  const turn = () =>
    new Promise((next) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = next;
      port2.postMessage(0);
    });
  const sentences = {};
  while (here() !== goal) {
    const before = here();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const deadline = performance.now() + 5000;
    while (here() === before) {
      if (performance.now() > deadline) throw new Error(`${key} does nothing at step ${before}`);
      await turn();
    }
    await turn();
    if (Math.abs(here() - before) !== 1) throw new Error(`${key} went from ${before} to ${here()}`);
    sentences[here()] = document.querySelector("[data-testid=sentence]").innerText.trim();
  }
  return sentences;
}

/** Drags the scrubber from one part of its width to another, in small moves. */
async function drag(page, from, to) {
  const box = await page.getByTestId("scrubber").boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, y, { steps: 25 });
  await page.mouse.up();
}

visit("the page ends as the native runner ends", {}, async (page, fingerprint) => {
  const summary = ordinal("run").trimEnd().split("\n").at(-1);
  assert.ok(summary.includes(fingerprint), `${fingerprint} is not in: ${summary}`);
});

visit("the whole run, step by step to its end and back again", {}, async (page) => {
  await page.getByTestId("to-start").click();
  const { steps } = await place(page);
  assert.ok(steps > 200, `${steps} steps are too few for three replicas`);

  const forward = await page.evaluate(walk, { key: "ArrowRight", goal: steps });
  assert.equal(Object.keys(forward).length, steps);
  for (const [step, sentence] of Object.entries(forward)) {
    assert.notEqual(sentence, "", `step ${step} says nothing`);
  }
  const back = await page.evaluate(walk, { key: "ArrowLeft", goal: 0 });
  for (const [step, sentence] of Object.entries(back)) {
    if (step !== "0") assert.equal(sentence, forward[step], `step ${step} on the way back`);
  }
});

visit("in 简体中文, every step is said in Chinese", { lang: "zh" }, async (page) => {
  await page.getByTestId("to-start").click();
  const { steps } = await place(page);
  assert.ok(steps > 200, `${steps} steps are too few for three replicas`);
  const sentences = await page.evaluate(walk, { key: "ArrowRight", goal: steps });
  for (const [step, sentence] of Object.entries(sentences)) {
    assert.match(sentence, /\p{Script=Han}/u, `step ${step}`);
  }
});

visit("dragging the scrubber goes anywhere, and what is shown is that place", {}, async (page) => {
  await page.getByTestId("to-start").click();
  await drag(page, 0.3, 0.6);
  const middle = await place(page);
  assert.ok(middle.step > 0 && middle.step < middle.steps, `the drag ended at ${middle.step}`);
  const dragged = await page.getByTestId("sentence").innerText();

  await page.getByTestId("step-forward").click();
  await page.getByTestId("step-back").click();
  assert.equal((await place(page)).step, middle.step);
  assert.equal(await page.getByTestId("sentence").innerText(), dragged);

  await drag(page, 0.6, 0.2);
  assert.ok((await place(page)).step < middle.step);
});

visit("keys: the ends, a step, play and pause, the list of keys", {}, async (page) => {
  await page.keyboard.press("End");
  let { step, steps } = await place(page);
  assert.equal(step, steps);
  await page.keyboard.press("Home");
  assert.equal((await place(page)).step, 0);
  await page.keyboard.press("ArrowRight");
  assert.equal((await place(page)).step, 1);

  await page.keyboard.press(" ");
  await page.waitForFunction(() => {
    const cursor = document.querySelector("[data-testid=cursor]");
    return Number(cursor.getAttribute("aria-valuenow")) > 2;
  });
  await page.keyboard.press(" ");
  ({ step } = await place(page));
  await page.waitForTimeout(600);
  assert.equal((await place(page)).step, step, "it stands still when paused");

  await page.keyboard.press("?");
  await page.getByTestId("keys-help").waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("keys-help").waitFor({ state: "detached" });
});

visit("why: the chain of causes leads back", {}, async (page) => {
  await page.getByTestId("to-end").click();
  await page.getByTestId("why").click();
  const chain = page.getByTestId("why-chain");
  await chain.waitFor();
  assert.ok((await chain.innerText()).trim().length > 20);
});

visit("a reload keeps the place", {}, async (page) => {
  await drag(page, 0.3, 0.5);
  const { step } = await place(page);
  const sentence = await page.getByTestId("sentence").innerText();
  await page.waitForTimeout(500);
  await page.reload();
  await settled(page);
  assert.equal((await place(page)).step, step);
  assert.equal(await page.getByTestId("sentence").innerText(), sentence);
});
