// The page around the run: language, theme, sizes, and what happens where something is missing.

import assert from "node:assert/strict";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { ROOT, START_MS, open, place, settled, start } from "../harness.mjs";
import { serve } from "../serve.mjs";

let session;

before(async () => {
  session = await start();
});

after(() => session?.close());

test("language and theme switch at once, and stick", async () => {
  const page = await open(session, { lang: "en", theme: "light" });
  await settled(page);
  await page.getByTestId("to-end").click();
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  assert.doesNotMatch(await page.getByTestId("sentence").innerText(), /\p{Script=Han}/u);

  await page.getByTestId("lang").click();
  await page.getByTestId("theme").click();
  const both = async () => {
    assert.match(await page.getByTestId("sentence").innerText(), /\p{Script=Han}/u);
    assert.match(await page.locator("html").getAttribute("lang"), /^zh/);
    assert.notEqual(await paper(), light);
  };
  await both();
  await page.reload();
  await settled(page);
  await both();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("at no size does the page spill over its width", async () => {
  const sizes = [
    [1440, 900],
    [1024, 768],
    [390, 844],
  ];
  for (const [width, height] of sizes) {
    for (const lang of ["en", "zh"]) {
      const page = await open(session, { width, height, lang });
      await settled(page);
      await page.getByTestId("to-end").click();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} px wide in a window of ${width}, ${lang}`);
      for (const button of ["step-forward", "step-back", "play", "lang", "theme", "download"]) {
        const box = await page.getByTestId(button).boundingBox();
        const inside = box !== null && box.x >= 0 && box.x + box.width <= width;
        assert.ok(inside, `${button} lies outside a window of ${width}, ${lang}`);
      }
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    }
  }
});

test("for a projector all is larger, sticks, and answers where it is hit", async () => {
  for (const [width, height] of [[1440, 900], [1024, 768]]) {
    const page = await open(session, { width, height, path: "#step=222" });
    await settled(page);
    const size = async () => (await page.getByTestId("play").boundingBox()).height;
    const usual = await size();
    await page.getByTestId("projector").click();
    assert.ok(Math.abs((await size()) / usual - 1.4) < 0.05, `${await size()} after ${usual}`);
    assert.equal(await page.getByTestId("terminal").isVisible(), false);
    await page.reload();
    await settled(page);
    assert.ok((await size()) > usual, "it sticks");
    const box = await page.getByTestId("scrubber").boundingBox();
    const press = async (part) => {
      await page.mouse.click(box.x + box.width * part, box.y + box.height / 2);
      await page.waitForTimeout(300);
      return (await place(page)).step;
    };
    const [middle, end] = [await press(0.5), await press(0.999)];
    assert.ok(middle > 100 && middle < 400, `in the middle it is step ${middle}`);
    assert.equal(end, (await place(page)).steps, "at the right edge it is the last step");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${wide} px wide in a window of ${width}`);
    for (const button of ["step-forward", "lang", "projector", "download"]) {
      const box = await page.getByTestId(button).boundingBox();
      const inside = box !== null && box.x >= 0 && box.x + box.width <= width;
      assert.ok(inside, `${button} lies outside a window of ${width}`);
    }
    await page.keyboard.press("p");
    assert.equal(await size(), usual);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }
});

test("nothing is asked of any other host", async () => {
  const context = await session.browser.newContext();
  const page = await context.newPage();
  const foreign = [];
  page.on("request", (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && !url.startsWith(session.url)) foreign.push(url);
  });
  await page.goto(session.url);
  await page.getByTestId("stage").waitFor({ timeout: START_MS });
  await settled(page);
  assert.deepEqual(foreign, []);
  await context.close();
});

test("where WebAssembly is missing, the page says so", async () => {
  const context = await session.browser.newContext();
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
  const page = await context.newPage();
  await page.goto(session.url);
  await page.getByText("WebAssembly").first().waitFor({ timeout: START_MS });
  await context.close();
});

test("where the wasm does not arrive, the page says so", async () => {
  const context = await session.browser.newContext();
  await context.route("**/*.wasm", (route) => route.abort());
  const page = await context.newPage();
  await page.goto(session.url);
  await page.getByText(/could not be loaded/).waitFor({ timeout: START_MS });
  await context.close();
});

test("in a folder of a host it works as at its root", async () => {
  const host = await mkdtemp(join(tmpdir(), "host-"));
  await symlink(join(ROOT, "dist"), join(host, "some folder"));
  const server = await serve(host);
  try {
    const page = await open({ ...session, url: server.url }, { path: "some%20folder/" });
    await settled(page);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    await server.close();
    await rm(host, { recursive: true, force: true });
  }
});
