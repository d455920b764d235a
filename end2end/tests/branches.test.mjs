// Runs that part: drawn under each other, named, switched, undone, removed, compared.

import assert from "node:assert/strict";

import { place, settled, visits } from "../harness.mjs";

const { visit } = visits();

/** Injects the first target of a kind of fault where the page stands. */
async function inject(page, kind, label) {
  await page.getByTestId("tab-faults").click();
  const row = page.getByTestId(`fault-${kind}`);
  if (label) await row.locator("select").selectOption({ label });
  await row.getByTestId("inject").click();
}

const runs = (page) => page.getByTestId("run");
const names = async (page) =>
  (await page.getByTestId("run-name").allInnerTexts()).map((name) => name.trim());
const here = (page) => page.locator('[data-testid=run][aria-current="true"]');

visit(
  "a run is named by what it began with, and by the learner",
  { path: "#step=300" },
  async (page) => {
    await inject(page, "node-loss", "node-2");
    assert.deepEqual(await names(page), ["The first run", "Node down: node-2"]);
    await here(page).getByTestId("run-rename").click();
    const field = page.getByTestId("run-name-field");
    await field.fill("Blackout");
    await field.press("Enter");
    assert.deepEqual(await names(page), ["The first run", "Blackout"]);
  },
);

visit(
  "a click goes to the other run, at the same time; undo goes back",
  { path: "#step=300" },
  async (page) => {
    const time = () => page.getByTestId("time").innerText();
    const origin = await page.getByTestId("sentence").innerText();
    await inject(page, "crash", "mysql-0/mysql");
    const struck = { at: await time(), says: await page.getByTestId("sentence").innerText() };

    await runs(page).nth(0).getByTestId("run-bar").click();
    assert.match(await here(page).innerText(), /The first run/);
    assert.equal(await time(), struck.at);

    await runs(page).nth(1).getByTestId("run-name").click();
    assert.match(await here(page).innerText(), /Container crash/);
    await page.keyboard.press("Home");
    await page.keyboard.press("End");
    await page.keyboard.press("Control+z");
    assert.equal((await place(page)).step, 300);
    assert.equal(await page.getByTestId("sentence").innerText(), origin);
    assert.match(await here(page).innerText(), /The first run/);
    assert.equal(await runs(page).count(), 2, "what is undone is kept");
    assert.equal(await page.getByTestId("undo").count(), 0, "there is nothing more to undo");
  },
);

/** Where something stands once it is drawn; while a run grows it may be drawn anew. */
async function boxOf(locator) {
  for (;;) {
    await locator.waitFor();
    const box = await locator.boundingBox();
    if (box !== null) return box;
  }
}

visit("a run goes only on request, and is asked about", { path: "#step=300" }, async (page) => {
  await inject(page, "node-loss", "node-2");
  await here(page).getByTestId("run-remove").click();
  await page.getByTestId("run-remove-no").click();
  assert.equal(await runs(page).count(), 2);
  await here(page).getByTestId("run-remove").click();
  await page.getByTestId("run-remove-yes").click();
  assert.equal(await runs(page).count(), 0);
  assert.equal((await place(page)).step, 300, "back to where it left the first");
});

visit("the runs stand on one axis", { path: "#step=300" }, async (page) => {
  await inject(page, "crash", "mysql-0/mysql");
  // While a run grows, its axis does too.
  await settled(page);
  await page.keyboard.press("ArrowLeft");
  const cursor = await boxOf(page.locator(".run-cursor i"));
  const bar = await boxOf(runs(page).nth(1).getByTestId("run-bar"));
  assert.ok(Math.abs(bar.x - cursor.x) < 3, `it forks at ${bar.x}, the cursor is at ${cursor.x}`);
  const first = await boxOf(runs(page).nth(0).getByTestId("run-bar"));
  assert.ok(first.x < bar.x && first.y < bar.y);
});

visit(
  "two runs beside each other: where they part, and what differs",
  { path: "#step=300" },
  async (page) => {
    await inject(page, "node-loss", "node-1");
    await settled(page);
    const stood = await place(page);
    await runs(page).nth(0).getByTestId("run-compare").click();
    const box = page.getByTestId("compare");
    await box.waitFor();
    assert.match(await box.getByTestId("parting").innerText(), /Alike for 300 steps[\s\S]*node-1/);
    assert.equal(await box.locator(".compare-stage svg").count(), 2);

    const slider = box.getByTestId("compare-scrubber");
    await slider.press("End");
    assert.match(await box.getByTestId("differing").innerText(), /mysql-0/);
    assert.ok((await box.locator(".difference").count()) >= 1, "the pods that differ are marked");
    await slider.press("Home");
    assert.equal(await box.getByTestId("differing").count(), 0, "they began alike");
    await slider.press("ArrowRight");

    await page.keyboard.press("Escape");
    await box.waitFor({ state: "detached" });
    assert.deepEqual(await place(page), stood, "closed, one is where one was");
  },
);

visit(
  "on a small screen the two stand under each other",
  { path: "#step=300", width: 390, height: 844 },
  async (page) => {
    await page.getByTestId("break-something").click();
    await page.getByTestId("fault-crash").getByTestId("inject").click();
    await runs(page).nth(0).getByTestId("run-compare").click();
    const sides = page.locator(".compare-side");
    const [one, other] = [await sides.nth(0).boundingBox(), await sides.nth(1).boundingBox()];
    assert.ok(other.y >= one.y + one.height, "the second is below the first");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${wide} px wide`);
  },
);

/** How long the runs are drawn, in whole pixels; all at one moment, as they are drawn anew. */
const lengths = (page) =>
  page
    .getByTestId("run-bar")
    .evaluateAll((bars) => bars.map((bar) => Math.round(bar.getBoundingClientRect().width)));

const AT_300 = { path: "#step=300" };

visit("a reload at once keeps every run, its name, the place", AT_300, async (page, first) => {
  await inject(page, "node-loss", "node-2");
  await settled(page, first);
  await here(page).getByTestId("run-rename").click();
  await page.getByTestId("run-name-field").fill("Blackout # 1");
  await page.getByTestId("run-name-field").press("Enter");
  await runs(page).nth(0).getByTestId("run-bar").click();
  const whole = await lengths(page);
  await inject(page, "crash", "mysql-0/mysql");
  const [shown, says] = [await names(page), await page.getByTestId("sentence").innerText()];
  assert.equal(shown.length, 3);

  // Nothing may wait for a timer.
  await page.reload();
  await settled(page);
  await runs(page).nth(2).waitFor();
  assert.deepEqual(await names(page), shown);
  assert.equal(await page.getByTestId("sentence").innerText(), says);
  // The others are computed to their ends, too.
  const off = async () => {
    const now = await lengths(page);
    return Math.max(...whole.map((width, at) => Math.abs(width - now[at])));
  };
  while ((await off()) > 4) await page.waitForTimeout(100);
});

visit("another link leads there, and sets aside what was done", AT_300, async (page) => {
  await inject(page, "node-loss", "node-2");
  await page.goto(`${page.url().split("#")[0]}#replicas=2&step=100`);
  await settled(page);
  assert.equal((await place(page)).step, 100);
  assert.equal(await runs(page).count(), 0);
  await page.getByTestId("session").click();
  await page.getByTestId("session-before").click();
  await runs(page).nth(1).waitFor();
  assert.deepEqual(await names(page), ["The first run", "Node down: node-2"]);
});

visit("a link that cannot be read changes nothing", AT_300, async (page) => {
  await inject(page, "node-loss", "node-2");
  await page.goto(`${page.url().split("#")[0]}#step=5&session=bGVzc2`);
  await page.getByTestId("refused").waitFor();
  await page.reload();
  await runs(page).nth(1).waitFor();
  assert.deepEqual(await names(page), ["The first run", "Node down: node-2"]);
});
