// The download: what is saved is what the native runner writes, and what was watched.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { open, ordinal, ordinalBytes, place, settled, start } from "../harness.mjs";

let session;

before(async () => {
  session = await start();
});

after(() => session?.close());

/** Presses Save in the open dialog; answers the file's name and bytes. */
async function save(page) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByTestId("save").click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

test("untouched, the manifests are saved byte for byte", async () => {
  const page = await open(session);
  const fingerprint = await settled(page);
  await page.getByTestId("download").click();
  const { name, bytes } = await save(page);
  assert.equal(name, "mysql.yaml");
  assert.equal(bytes.toString(), ordinal("export"));
  await page.keyboard.press("Escape");
  assert.equal(await settled(page), fingerprint, "saving changes no run");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("with five replicas the run, its fingerprint and the files are those of five", async () => {
  const page = await open(session);
  const three = await settled(page);
  const before = await place(page);

  await page.getByTestId("download").click();
  await page.getByTestId("replicas").fill("5");
  const five = await settled(page, three);
  const yaml = await save(page);
  assert.equal(yaml.bytes.toString(), ordinal("export", "--replicas", "5"));
  await page.getByTestId("format-zip").click();
  const zip = await save(page);
  const wanted = ordinalBytes("export", "--replicas", "5", "--format", "zip");
  assert.equal(zip.name, "mysql.zip");
  assert.ok(zip.bytes.equals(wanted), "the zip is the native runner's, byte for byte");

  await page.keyboard.press("Escape");
  await page.getByTestId("to-end").click();
  assert.match(await page.getByTestId("stage").innerText(), /mysql-4/);
  assert.ok((await place(page)).steps > before.steps);
  const summary = ordinal("run", "--replicas", "5").trimEnd().split("\n").at(-1);
  assert.ok(summary.includes(five), `${five} is not in: ${summary}`);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a namespace that cannot be is refused in words, and nothing is saved", async () => {
  const page = await open(session);
  await settled(page);
  await page.getByTestId("download").click();
  await page.getByTestId("namespace").fill("Not A Name");
  await page.getByRole("alert").first().waitFor();
  assert.equal(await page.getByTestId("save").isDisabled(), true);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
