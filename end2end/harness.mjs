// What every browser program here needs: the built page, served, in a real Chromium.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { serve } from "./serve.mjs";

/** The repository. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** How long the page may take to start, in ms; a debug machine under load is slow. */
export const START_MS = 60_000;

/** Serves `folder` and starts a browser. Answers `{ url, browser, close }`. */
export async function start(folder = join(ROOT, "dist")) {
  const server = await serve(folder);
  const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error("Name a Chromium with CHROMIUM=/path/to/it.");
  const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
  return {
    url: server.url,
    browser,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/**
 * Opens the page and waits until the stage is drawn. `page.complaints` collects everything the
 * console calls an error and every exception nobody caught.
 *
 * @param options lang "en" | "zh", theme "light" | "dark" | "system", width, height, motion, path,
 *   wait: whether to wait, before: what the page does before its own scripts, prepare: what is
 *   done with the browser's context first
 */
export async function open({ url, browser }, options = {}) {
  const { lang = "en", theme = "light", width = 1440, height = 900, motion = "reduce" } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: motion,
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  // Only where nothing is stored yet, so that what the page itself stores survives a reload.
  await context.addInitScript(
    (wanted) => {
      for (const [key, value] of Object.entries(wanted)) {
        if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
      }
    },
    { "ordinal.lang": lang, "ordinal.theme": theme },
  );
  await options.prepare?.(context);
  if (options.before !== undefined) await context.addInitScript(options.before);
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  await page.goto(url + (options.path ?? ""));
  if (options.wait !== false) await page.getByTestId("stage").waitFor({ timeout: START_MS });
  return page;
}

/** Where the run stands: `{ step, steps }`, as the cursor tells a screen reader. */
export async function place(page) {
  const cursor = page.getByTestId("cursor");
  const read = async (name) => Number(await cursor.getAttribute(name));
  return { step: await read("aria-valuenow"), steps: await read("aria-valuemax") };
}

/** Waits until a whole run, other than the one named, is known, and answers its fingerprint. */
export async function settled(page, other = "none") {
  const known = page.getByTestId("fingerprint").filter({ hasText: /[0-9a-f]{16}/ });
  const shown = known.filter({ hasNotText: other });
  // A narrow window has no room for it, but it is there.
  await shown.waitFor({ state: "attached", timeout: START_MS });
  return /[0-9a-f]{16}/.exec(await shown.textContent())[0];
}

/**
 * One browser for all tests of a file. Answers `{ session, visit }`: `session` is what `open`
 * takes, once the tests run; `visit(name, options, body)` runs `body(page, fingerprint)` as a test
 * on a fresh page whose run is known, and which must not have complained by the end.
 */
export function visits() {
  const session = {};
  before(async () => {
    Object.assign(session, await start());
  });
  after(() => session.close?.());
  function visit(name, options, body) {
    test(name, async () => {
      const page = await open(session, options);
      try {
        const fingerprint = await settled(page);
        await body(page, fingerprint);
        assert.deepEqual(page.complaints, []);
      } finally {
        await page.context().close();
      }
    });
  }
  return { session, visit };
}

/** What the native runner prints for these arguments, as bytes. */
export function ordinalBytes(...args) {
  return run(args, "");
}

/** The same as text. */
export function ordinal(...args) {
  return ordinalBytes(...args).toString("utf8");
}

/** What `ordinal play` prints for a session. */
export function played(text) {
  return run(["play", "-"], text).toString("utf8");
}

function run(args, input) {
  const folder = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  return execFileSync(join(folder, "debug", "ordinal"), args, { input, maxBuffer: 1 << 28 });
}
