// The program comes in two halves: the default run needs only the first, and what needs the
// second waits for it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open, ordinal, settled, start } from "../harness.mjs";

let session;

before(async () => {
  session = await start();
});

after(() => session?.close());

/** Lets through whatever asks for the second half only when `state.reachable`. */
async function guard(page, state) {
  await page.context().route("**/*_rest.wasm", (route) => {
    state.asked += 1;
    return state.reachable ? route.continue() : route.abort();
  });
}

/** Opens the page while the second half cannot be had. */
async function openHalf(options) {
  const state = { asked: 0, reachable: false };
  const page = await open(session, { ...options, path: "licences.txt", wait: false });
  await guard(page, state);
  page.complaints.length = 0;
  await page.goto(session.url);
  return { page, state };
}

/** What the page complained about, but for the second half that was kept from it. */
function complaints(page) {
  return page.complaints.filter((text) => !text.includes("net::ERR_FAILED"));
}

const WINDOWS = [
  { lang: "en", theme: "light", width: 1440, height: 900 },
  { lang: "zh", theme: "dark", width: 390, height: 844 },
];

for (const options of WINDOWS) {
  test(`the default run is shown without the second half (${options.lang})`, async () => {
    const { page, state } = await openHalf(options);
    const fingerprint = await settled(page);
    const summary = ordinal("run").trimEnd().split("\n").at(-1);
    assert.ok(summary.includes(fingerprint), `${fingerprint} is not in: ${summary}`);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    await page.waitForTimeout(500);
    assert.equal(state.asked, 1, "it is asked for once, when the run is shown");
    assert.deepEqual(complaints(page), []);
    await page.context().close();
  });
}

test("what needs the second half waits for it", async () => {
  const { page, state } = await openHalf();
  await settled(page);
  await page.waitForTimeout(500);
  assert.equal(state.asked, 1);
  state.reachable = true;
  await page.getByTestId("download").click();
  await page.getByTestId("format-zip").click();
  assert.equal(state.asked, 2, "now somebody waits for it");
  await page.getByTestId("replicas").fill("2");
  assert.ok(await settled(page));
  assert.deepEqual(complaints(page), []);
  await page.context().close();
});
