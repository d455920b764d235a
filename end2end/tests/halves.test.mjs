// The program comes in two halves: the run's opening needs only the first, and what needs the
// second waits for it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open, ordinal, place, settled, start } from "../harness.mjs";

let session;

before(async () => {
  session = await start();
});

after(() => session?.close());

/**
 * Opens the page. `answer(n)` says what becomes of the n-th request for the second half, counted
 * from 1: "go", "refuse", or a promise that holds it back and then lets it go.
 */
async function openHalf(options, answer) {
  const state = { asked: 0 };
  const prepare = (context) =>
    context.route("**/*_rest.wasm", async (route) => {
      state.asked += 1;
      const verdict = await answer(state.asked);
      return verdict === "refuse" ? route.abort() : route.continue();
    });
  const page = await open(session, { ...options, prepare });
  return { page, state };
}

/** What the page complained about, but for the second half that was kept from it. */
function complaints(page) {
  return page.complaints.filter((text) => !text.includes("net::ERR_FAILED"));
}

/** Steps from the start to step `last`, and answers what is said on the way, and back at 0. */
async function walk(page, last) {
  const said = [];
  const note = async () => said.push(await page.getByTestId("sentence").innerText());
  await page.keyboard.press("Home");
  for (let step = 1; step <= last; step += 1) {
    await page.keyboard.press("ArrowRight");
    await page.locator(`[data-testid=cursor][aria-valuenow="${step}"]`).waitFor();
    await note();
  }
  await page.keyboard.press("Home");
  await note();
  return said;
}

const WINDOWS = [
  { lang: "en", theme: "light", width: 1440, height: 900 },
  { lang: "zh", theme: "dark", width: 390, height: 844 },
];

for (const options of WINDOWS) {
  test(`the opening is shown and walked without the second half (${options.lang})`, async () => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    const { page, state } = await openHalf(options, () => held);
    const { steps } = await place(page);
    assert.ok(steps >= 4, `all four objects are stored, not ${steps}`);
    const before = await walk(page, steps);
    assert.equal(new Set(before).size, steps + 1, "each step says something else");
    assert.equal(state.asked, 1, "the second half is on its way");
    release("go");
    const fingerprint = await settled(page);
    const summary = ordinal("run").trimEnd().split("\n").at(-1);
    assert.ok(summary.includes(fingerprint), `${fingerprint} is not in: ${summary}`);
    assert.ok((await place(page)).steps > steps, "now the whole run is known");
    assert.deepEqual(await walk(page, steps), before, "the opening says what it said");
    assert.deepEqual(complaints(page), []);
    await page.context().close();
  });
}

test("a second half that does not come is asked for again", async () => {
  const { page, state } = await openHalf({}, (asked) => (asked < 3 ? "refuse" : "go"));
  assert.ok(await settled(page));
  assert.equal(state.asked, 3);
  assert.deepEqual(complaints(page), []);
  await page.context().close();
});

test("what needs the second half waits for it", async () => {
  const never = new Promise(() => {});
  const { page, state } = await openHalf({}, (asked) => (asked === 1 ? never : "go"));
  await page.getByTestId("download").click();
  await page.getByTestId("format-zip").click();
  assert.equal(state.asked, 2, "now somebody waits for it");
  await page.getByTestId("replicas").fill("2");
  assert.ok(await settled(page));
  assert.deepEqual(complaints(page), []);
  await page.context().close();
});
