// When the program itself fails: it says so, in the person's language, and offers the way back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open, place, settled, start } from "../harness.mjs";

let session;

before(async () => {
  session = await start();
});

after(() => session?.close());

/**
 * Makes the browser refuse one kind of element that the page has not needed so far, then asks for
 * it. Nothing in the page is prepared for that: it panics where it stands.
 */
async function breakDown(page) {
  await page.evaluate(() => {
    const make = document.createElement.bind(document);
    document.createElement = (tag, ...rest) => {
      if (tag === "dl") throw new Error("this browser has no <dl>");
      return make(tag, ...rest);
    };
  });
  await page.keyboard.press("?");
  await page.getByTestId("crash").waitFor();
}

for (const [lang, title] of [
  ["en", /made a mistake/],
  ["zh", /出错了/],
]) {
  test(`a panic shows what happened and leads back to the last good step, ${lang}`, async () => {
    const page = await open(session, { lang, path: "#replicas=2&step=120" });
    await settled(page);
    await page.keyboard.press("ArrowRight");
    assert.equal((await place(page)).step, 121);
    const sentence = await page.getByTestId("sentence").innerText();
    await page.waitForTimeout(500);

    await breakDown(page);
    const screen = page.getByTestId("crash");
    assert.match(await screen.getByRole("heading").innerText(), title);
    assert.match(await screen.locator("pre").innerText(), /panicked at/);
    assert.equal(await page.locator(".page").isVisible(), false, "nothing dead is left to see");
    assert.ok(page.complaints.length > 0, "the console has it too");

    await screen.getByRole("link").first().click();
    await page.getByTestId("stage").waitFor();
    await settled(page);
    assert.equal((await place(page)).step, 121);
    assert.equal(await page.getByTestId("sentence").innerText(), sentence);
    await page.keyboard.press("ArrowRight");
    assert.equal((await place(page)).step, 122, "it runs again");
    await page.context().close();
  });
}

test("after a panic one can also start from the beginning", async () => {
  const page = await open(session, { path: "#step=120" });
  await settled(page);
  await breakDown(page);
  await page.getByTestId("crash").getByRole("link").nth(1).click();
  await page.getByTestId("stage").waitFor();
  await settled(page);
  assert.equal((await place(page)).step, 0);
  await page.context().close();
});
