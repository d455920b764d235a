// Faults: offered, injected, marked, mended; from the list and from the thing itself.

import assert from "node:assert/strict";

import { place, settled, visits } from "../harness.mjs";

const { visit } = visits();

const marks = (page) => page.locator("#stage .struck");

visit(
  "a partition is injected in the past, seen, and mended",
  { path: "#step=400" },
  async (page) => {
    const before = await place(page);
    assert.equal(before.step, 400);
    assert.equal(await page.getByTestId("run").count(), 0, "one run is not worth a list");

    await page.keyboard.press("f");
    await page.getByTestId("faults").waitFor();
    const row = page.getByTestId("fault-partition");
    const targets = await row.locator("option").allInnerTexts();
    assert.ok(targets.includes("mysql-0 ↔ mysql-1"), `${targets}`);
    await row.locator("select").selectOption({ label: "mysql-0 ↔ mysql-1" });
    await row.getByTestId("inject").click();

    assert.equal((await place(page)).step, 401, "the fault is the next step");
    assert.match(await page.getByTestId("sentence").innerText(), /partition/i);
    assert.equal(await page.getByTestId("run").count(), 2, "the past is kept, beside a new run");
    assert.equal(await marks(page).count(), 2, "both ends are marked");
    assert.match((await marks(page).allTextContents()).join(), /Network partition/);
    const broken = page.getByTestId("breakage").locator("li");
    assert.match(await broken.innerText(), /Network partition\s+mysql-0 ↔ mysql-1/);

    await broken.getByTestId("mend").click();
    assert.equal(await marks(page).count(), 0);
    assert.match(await page.getByTestId("in-force").innerText(), /Nothing is broken/);
  },
);

visit("one step back a fault has not happened yet", { path: "#step=400" }, async (page) => {
  await page.keyboard.press("f");
  await page.getByTestId("fault-registry-down").getByTestId("inject").click();
  assert.equal(await page.getByTestId("breakage").locator("li").count(), 1);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.getByTestId("breakage").locator("li").count(), 0);
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getByTestId("breakage").locator("li").count(), 1);
});

visit("from a pod, only what hits it is offered", { path: "#step=400" }, async (page) => {
  await page.locator('#stage [data-pick="pod mysql-1"]').first().click();
  await page.getByTestId("break-it").click();
  const faults = page.getByTestId("faults");
  await faults.waitFor();
  const crashes = faults.getByTestId("fault-crash").locator("option");
  for (const target of await crashes.allInnerTexts()) assert.match(target, /^mysql-1\//);
  assert.equal(await faults.getByTestId("fault-registry-down").count(), 0);
  await faults.getByTestId("all-faults").click();
  assert.equal(await faults.getByTestId("fault-registry-down").count(), 1);
});

visit(
  "a crash: the container is started again, and the page says why",
  { path: "#step=400" },
  async (page) => {
    await page.keyboard.press("f");
    const row = page.getByTestId("fault-crash");
    await row.locator("select").selectOption({ label: "mysql-0/mysql" });
    await row.getByTestId("inject").click();
    assert.match(await page.getByTestId("sentence").innerText(), /mysql.*mysql-0.*crash/is);
    await settled(page);
    await page.keyboard.press("End");
    await page.locator('#stage [data-pick="pod mysql-0"]').first().click();
    assert.match(await page.getByTestId("details").innerText(), /Restarts\s+1/);
  },
);

visit("in 简体中文 the palette speaks Chinese", { lang: "zh", path: "#step=400" }, async (page) => {
  await page.getByTestId("tab-faults").click();
  const faults = page.getByTestId("faults");
  assert.match(await faults.innerText(), /网络分区/);
  const kinds = await faults.locator(".fault > b").allInnerTexts();
  assert.equal(kinds.length, 12);
  for (const kind of kinds) assert.match(kind, /\p{Script=Han}/u);
});
