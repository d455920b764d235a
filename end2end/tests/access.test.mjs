// What axe-core finds wrong for those who do not see, point or tell colours apart.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { visits } from "../harness.mjs";

const { visit } = visits();

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const RULES = {
  // A thing on the stage is named by its name; the rest of its text changes with every step.
  "label-content-name-mismatch": { enabled: false },
};

/** Everything wrong with the page as it stands, a line each. */
async function wrong(page) {
  // What slides or fades has come to rest.
  await page.waitForTimeout(300);
  await page.evaluate(AXE);
  const found = await page.evaluate((rules) => window.axe.run(document, { rules }), RULES);
  assert.ok(found.passes.length > 20, "axe-core looked");
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`),
  );
}

const TABS = ["manifest", "logs", "files", "mysql", "details", "faults", "terminal"];

for (const [width, height, theme, lang] of [
  [1440, 900, "light", "en"],
  [1440, 900, "dark", "zh"],
  [390, 844, "light", "zh"],
]) {
  const where = { width, height, theme, lang, path: "#step=300" };
  visit(`every tab at ${width} in ${theme} and ${lang}`, where, async (page) => {
    if (width === 390) await page.getByTestId("drawer").click();
    for (const tab of TABS) {
      await page.getByTestId(`tab-${tab}`).click();
      await page.getByTestId(`panel-${tab}`).waitFor();
      assert.deepEqual(await wrong(page), [], tab);
    }
  });
}

for (const theme of ["light", "dark"]) {
  visit(`every dialog in ${theme}`, { theme, path: "#step=300" }, async (page) => {
    for (const name of ["download", "session", "keys", "why"]) {
      await page.getByTestId(name).click();
      await page.getByRole("dialog").or(page.getByTestId("why-chain")).first().waitFor();
      assert.deepEqual(await wrong(page), [], name);
      await page.keyboard.press("Escape");
    }
  });
}
