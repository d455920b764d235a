// The learner's hands: terminals, manifests being edited, sessions saved and opened.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { START_MS, open, ordinal, place, played, settled, visits } from "../harness.mjs";

const { session, visit } = visits();
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "session-"));
});

after(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** What the terminal shows, with the question of a command at its end. */
async function screen(page) {
  return page.evaluate(() => {
    const busy = document.querySelector(".console-line.busy") !== null;
    const prompt = document.querySelector("[data-testid=prompt]").textContent;
    const text = document.querySelector("[data-testid=screen]").textContent;
    return text + (busy ? prompt : "");
  });
}

async function seek(page, step) {
  const { steps } = await place(page);
  // Out of the terminal's line, where keys are text.
  await page.getByTestId("stage").click({ position: { x: 3, y: 3 } });
  await page.keyboard.press("Home");
  const scrubber = page.getByTestId("scrubber");
  const box = await scrubber.boundingBox();
  await page.mouse.click(box.x + (box.width * step) / steps, box.y + box.height / 2);
  for (let here = (await place(page)).step; here !== step; here = (await place(page)).step) {
    await page.keyboard.press(here < step ? "ArrowRight" : "ArrowLeft");
  }
}

/** Types a line and waits until the prompt is back, or what runs asks for input. */
async function type(page, line, { done = true } = {}) {
  await page.getByTestId("command-line").fill(line);
  await page.getByTestId("command-line").press("Enter");
  if (done) await prompted(page);
}

async function prompted(page) {
  await page.locator(".console-line:not(.busy)").waitFor({ timeout: START_MS });
}

/** The session that an address holds. */
function session64(url) {
  return Buffer.from(/session=([^&]*)/.exec(url.hash)?.[1] ?? "", "base64url").toString();
}

/** A page that was loaded again goes back to where it was. */
async function arrived(page, { step }) {
  await page.waitForFunction(
    (step) =>
      Number(document.querySelector("[data-testid=cursor]").ariaValueNow) === step,
    step,
  );
}

async function terminal(page) {
  await page.getByTestId("tab-terminal").click();
}

async function text(page) {
  await page.getByTestId("session").click();
  const text = await page.getByTestId("session-text").textContent();
  await page.getByTestId("dialog-close").click();
  return text;
}

visit("kubectl answers for the step shown, word for word as natively", {}, async (page) => {
  await terminal(page);
  const { steps } = await place(page);
  for (const step of [Math.floor(steps / 3), steps]) {
    await seek(page, step);
    await type(page, "kubectl get pods");
    const native = played(`lesson\nwait step ${step}\n$ kubectl get pods\n`);
    assert.ok((await screen(page)).endsWith(native), `${await screen(page)}\n---\n${native}`);
    assert.equal((await place(page)).step, step, "looking makes no step");
  }
  // The screen goes back in time too: the second look has not happened yet at the first.
  const both = await screen(page);
  assert.equal(both.split("$ kubectl get pods").length, 3);
  await page.getByTestId("command-line").press("Escape");
  await seek(page, Math.floor(steps / 3));
  assert.equal((await screen(page)).split("$ kubectl get pods").length, 2);
});

visit("scaling in the past begins a branch that grows; undo goes back", {}, async (page, first) => {
  await terminal(page);
  const { steps } = await place(page);
  const step = Math.floor(steps / 2);
  await seek(page, step);
  await type(page, "kubectl scale statefulset mysql --replicas=5");
  assert.match(await screen(page), /statefulset.apps\/mysql scaled\n$/);
  const forked = page.getByTestId("forked");
  assert.match((await forked.innerText()).replace(",", ""), new RegExp(`\\b${step}\\b`));
  const second = await settled(page, first);
  assert.notEqual(second, first);
  assert.ok((await place(page)).steps > steps, "five pods take more steps than three");
  await page.getByTestId("console").getByTestId("undo").click();
  assert.equal(await settled(page, second), first);
  assert.deepEqual(await place(page), { step, steps });
});

visit("a watch goes on in one terminal while another acts; Ctrl-C ends it", {}, async (page) => {
  await page.getByTestId("to-end").click();
  await terminal(page);
  await type(page, "kubectl get pods -l app=mysql --watch", { done: false });
  await page.locator(".console-line.busy").waitFor();
  await page.getByTestId("terminal-new").click();
  await type(page, "kubectl delete pod mysql-2");
  assert.match(await screen(page), /pod "mysql-2" deleted/);
  await page.getByTestId("terminal-1").click();
  assert.match(await screen(page), /mysql-2 +2\/2 +Terminating/);
  await page.getByTestId("command-line").press("Control+c");
  await prompted(page);
  assert.match(await screen(page), /\^C\n$/);
  assert.equal(played(await text(page)).includes("Terminating"), true);
});

visit("a shell goes on from line to line, over a reload, too", {}, async (page, usual) => {
  await page.getByTestId("to-end").click();
  await terminal(page);
  await type(page, "alias k=kubectl; n=2; cd /tmp");
  await type(page, "k scale sts mysql --replicas=$n; echo $n > said");
  assert.match(await screen(page), /statefulset.apps\/mysql scaled\n$/);
  await type(page, "clear");
  assert.equal(await screen(page), "");
  const own = await settled(page, usual);
  const here = await place(page);
  // The address follows soon.
  await page.waitForURL((url) => session64(url).endsWith("\n$ clear\n"));
  await page.reload();
  assert.equal(await settled(page, usual), own);
  await arrived(page, here);
  await terminal(page);
  await type(page, "cat said; echo $PWD $n");
  assert.match(await screen(page), /^\$ cat said; echo \$PWD \$n\n2\n\/tmp 2\n$/);
  const line = page.getByTestId("command-line");
  await line.fill("cat s");
  await line.press("Tab");
  assert.match(await line.inputValue(), /^cat said/);
});

visit("SQL is typed into a server, line by line", {}, async (page) => {
  await page.getByTestId("to-end").click();
  await terminal(page);
  await type(page, "kubectl exec -it mysql-0 -c mysql -- mysql", { done: false });
  const prompt = page.getByTestId("prompt").filter({ hasText: "mysql> " });
  await prompt.waitFor({ timeout: START_MS });
  await type(page, "SELECT 6*7 AS answer;", { done: false });
  await page.getByTestId("screen").filter({ hasText: "| answer |" }).waitFor({ timeout: START_MS });
  await prompt.waitFor({ timeout: START_MS });
  await page.getByTestId("command-line").press("Control+d");
  await prompted(page);
  const shown = await screen(page);
  assert.match(shown, /mysql> SELECT 6\*7 AS answer;\n\+-+\+\n\| answer \|/);
  assert.equal(played(await text(page)), shown);
});

visit("a shell in a pod prompts as it does at a terminal, and Ctrl-D ends it", {}, async (page) => {
  await page.getByTestId("to-end").click();
  await terminal(page);
  await type(page, "kubectl exec -it mysql-0 -c mysql -- bash", { done: false });
  const asks = (text) =>
    page.getByTestId("prompt").filter({ hasText: text }).waitFor({ timeout: START_MS });
  await asks("root@mysql-0:/# ");
  await type(page, "cd /var/lib; nothing", { done: false });
  await asks("root@mysql-0:/var/lib# ");
  await page.getByTestId("command-line").press("Control+d");
  await prompted(page);
  const shown = await screen(page);
  assert.match(shown, /# cd \/var\/lib; nothing\nbash: nothing: command not found\n/);
  assert.match(shown, /root@mysql-0:\/var\/lib# exit\n/);
  assert.equal(played(await text(page)), shown);
});

visit("lines: continuation, history, completion, paste", {}, async (page) => {
  await page.getByTestId("to-end").click();
  await terminal(page);
  const line = page.getByTestId("command-line");
  await type(page, "cat <<EOF");
  assert.equal(await page.getByTestId("prompt").textContent(), "> ");
  await type(page, "two words");
  await type(page, "EOF");
  assert.equal(await screen(page), "$ cat <<EOF\n> two words\n> EOF\ntwo words\n");
  await line.fill("kubectl delete pod mys");
  await line.press("Tab");
  assert.equal(await line.inputValue(), "kubectl delete pod mysql-");
  assert.match(await page.getByTestId("offers").innerText(), /mysql-0 +mysql-1 +mysql-2/);
  await line.press("ArrowUp");
  assert.equal(await line.inputValue(), "cat <<EOF\ntwo words\nEOF".replaceAll("\n", ""));
  await line.press("ArrowDown");
  assert.equal(await line.inputValue(), "kubectl delete pod mysql-");
  await line.press("Control+u");
  await page.evaluate(() => navigator.clipboard.writeText("echo one\necho two\n"));
  await line.press("Control+v");
  await page.getByTestId("screen").filter({ hasText: "two\n" }).waitFor();
  assert.ok((await screen(page)).endsWith("$ echo one\none\n$ echo two\ntwo\n"));
  await page.getByTestId("to-start").click();
  await line.fill("kubectl delete pod mys");
  await line.press("Tab");
  assert.equal(await line.inputValue(), "kubectl delete pod mys", "there is no pod yet");
});

visit("a reload keeps the branch, the screens, the place, the edits", {}, async (page, first) => {
  await terminal(page);
  const { steps } = await place(page);
  await seek(page, Math.floor(steps / 2));
  await type(page, "kubectl get pods");
  await type(page, "kubectl scale statefulset mysql --replicas=4");
  await type(page, "kubectl get statefulset mysql");
  const second = await settled(page, first);
  await page.getByTestId("tab-manifest").click();
  await page.getByTestId("edit").click();
  const draft = page.getByTestId("draft-text");
  await draft.fill((await draft.inputValue()) + "# mine\n");
  await terminal(page);
  const [shown, here] = [await screen(page), await place(page)];

  await page.reload();
  assert.equal(await settled(page, first), second);
  await arrived(page, here);
  assert.deepEqual(await place(page), here);
  await terminal(page);
  assert.equal(await screen(page), shown);
  await page.getByTestId("command-line").press("ArrowUp");
  const typed = await page.getByTestId("command-line").inputValue();
  assert.equal(typed, "kubectl get statefulset mysql");
  await page.getByTestId("tab-manifest").click();
  await page.getByTestId("edit").click();
  assert.match(await draft.inputValue(), /# mine\n$/);
});

visit("a session is saved, played natively, and opened on another page", {}, async (page) => {
  await terminal(page);
  const { steps } = await place(page);
  await seek(page, Math.floor(steps / 2));
  await type(page, "kubectl get pods");
  await type(page, "kubectl scale statefulset mysql --replicas=4");
  const shown = await screen(page);
  await page.getByTestId("session").click();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByTestId("session-save").click(),
  ]);
  assert.equal(saved.suggestedFilename(), "ordinal.session");
  const file = join(folder, "ordinal.session");
  await saved.saveAs(file);
  assert.equal(ordinal("play", file), shown);
  await page.getByTestId("dialog-close").click();
  const fingerprint = await settled(page);
  const address = page.url();

  const other = await open(session, {});
  const usual = await settled(other);
  await other.getByTestId("session").click();
  await other.getByTestId("session-file").setInputFiles(file);
  await other.getByTestId("session-dialog").waitFor({ state: "detached" });
  assert.equal(await settled(other, usual), fingerprint);
  await terminal(other);
  assert.equal(await screen(other), shown);
  await other.context().close();

  const linked = await open(session, { path: new URL(address).hash });
  assert.equal(await settled(linked), fingerprint);
  await linked.context().close();
});

visit("a session that cannot be read is refused, line by line", {}, async (page, fingerprint) => {
  await page.getByTestId("session").click();
  const wrong = "lesson\nwiat settled\n$ kubectl get pods\nwait soon\n";
  await page.getByTestId("session-paste").fill(wrong);
  await page.getByTestId("session-run").click();
  const refused = await page.getByTestId("refused").innerText();
  assert.match(refused, /line 2[^]*wiat[^]*line 4/);
  await page.getByTestId("dialog-close").click();
  assert.equal(await settled(page), fingerprint);

  const broken = Buffer.from("lesson\nnonsense\n").toString("base64url");
  const linked = await open(session, { path: `#step=5&session=${broken}` });
  assert.match(await linked.getByTestId("refused").innerText(), /line 2/);
  assert.equal(await settled(linked), fingerprint);
  assert.deepEqual(linked.complaints, []);
  await linked.context().close();
});

visit("a manifest is edited, read as it is typed, and applied", {}, async (page) => {
  await page.getByTestId("to-end").click();
  await page.getByTestId("edit").click();
  const draft = page.getByTestId("draft-text");
  const original = await draft.inputValue();
  assert.match(original, /replicas: 3/);
  await draft.fill(original.replace("replicas: 3", "replicas: three"));
  const line = original.slice(0, original.indexOf("replicas: 3")).split("\n").length;
  const complaints = page.getByTestId("complaints");
  await complaints.filter({ hasText: `statefulset.yaml:${line}:` }).waitFor();
  await draft.fill(original.replace("replicas: 3", "replicas: 2"));
  await complaints.filter({ hasNotText: "statefulset.yaml:" }).waitFor();
  await page.getByTestId("draft-apply").click();
  await prompted(page);
  const applied = /\$ kubectl apply -f statefulset.yaml\nstatefulset.apps\/mysql configured\n$/;
  assert.match(await screen(page), applied);
  await settled(page);
  await page.getByTestId("command-line").press("Escape");
  await page.keyboard.press("End");
  await type(page, "kubectl get pods -o name");
  assert.ok((await screen(page)).endsWith("pod/mysql-0\npod/mysql-1\n"));
});

visit("manifests of one's own run in place of the tutorial's", {}, async (page, usual) => {
  await page.getByTestId("session").click();
  const paste = page.getByTestId("session-paste");
  await paste.fill("apiVersion: v1\nkind: Pod\nmetadata:\n  name: 17_x\nspec:\n  containers: []\n");
  await page.getByTestId("session-run").click();
  assert.match(await page.getByTestId("refused").innerText(), /manifests.yaml:\d+:\d+/);
  assert.equal(await paste.inputValue().then((text) => text.includes("17_x")), true);
  await paste.fill(readFileSync(new URL("../../manifests/services.yaml", import.meta.url), "utf8"));
  await page.getByTestId("session-run").click();
  const own = await settled(page, usual);
  await page.keyboard.press("End");
  await terminal(page);
  await type(page, "kubectl get services -o name; ls");
  assert.match(await screen(page), /service\/mysql\nservice\/mysql-read\nmanifests.yaml\n$/);
  await page.reload();
  assert.equal(await settled(page, usual), own);
});

/** Whether a tab lies wholly within the row of tabs, once what slides has come to rest. */
async function inRow(page, tab) {
  await page.waitForTimeout(400);
  const [row, box] = await Promise.all([
    page.locator(".tabs").boundingBox(),
    page.getByTestId(tab).boundingBox(),
  ]);
  return box.x >= row.x - 1 && box.x + box.width <= row.x + row.width + 1;
}

test("the terminal is one click and one key away, in a narrow window too", async () => {
  for (const width of [1440, 390]) {
    const page = await open(session, { width, height: 844 });
    await page.keyboard.press("c");
    await page.getByTestId("command-line").waitFor();
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "command-line");
    await page.reload();
    await page.getByTestId("stage").waitFor({ timeout: START_MS });
    await page.getByTestId(width === 390 ? "terminal" : "tab-terminal").click();
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "command-line");
    assert.ok(await inRow(page, "tab-terminal"), `the chosen tab is in sight at ${width}`);
    await page.getByTestId("example").first().click();
    assert.match(await page.getByTestId("command-line").inputValue(), /^kubectl /);
    await page.context().close();
  }
});
