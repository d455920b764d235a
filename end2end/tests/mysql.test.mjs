// The MySQL view: what stands in the binary log, from where a replica replicates and why, one
// transaction on its way to every replica. Judged by what the native runner's clients print.

import assert from "node:assert/strict";

import { place, played, visits } from "../harness.mjs";

const { visit } = visits();

/** What a command prints, natively, at the step the page shows. */
async function natively(page, command) {
  const { step } = await place(page);
  const text = played(`lesson\nwait step ${step}\n$ ${command}\n`);
  return text.slice(text.indexOf("\n") + 1);
}

const sql = (pod, statement) =>
  `kubectl exec ${pod} -c mysql -- mysql -h 127.0.0.1 -e "${statement}"`;

/** Shows a pod's server. */
async function show(page, pod) {
  const drawer = page.getByTestId("drawer");
  const tab = page.getByTestId("tab-mysql");
  if (!(await tab.isVisible())) await drawer.click();
  await tab.click();
  await page.locator(".choices .choice", { hasText: pod }).click();
  await page.locator(".choices .choice[aria-pressed=true]", { hasText: pod }).waitFor();
}

/** Goes to a step of the list of steps that is open. */
async function goTo(page, saying) {
  const step = page.getByTestId("trail").locator("li", { hasText: saying }).getByRole("button");
  const number = Number((await step.first().innerText()).replaceAll(",", ""));
  await step.first().click();
  await page.locator(`[data-testid=cursor][aria-valuenow="${number}"]`).waitFor();
}

/** Follows the tutorial's INSERT, from its last byte in mysql-0's binary log. */
async function follow(page) {
  await page.getByTestId("to-end").click();
  await show(page, "mysql-0");
  await page.getByTestId("binlog").locator("li", { hasText: "Xid" }).getByRole("button").click();
  await page.getByTestId("followed").waitFor();
}

const rows = (page) => page.getByTestId("mysql").locator("table td").allInnerTexts();

visit("the strip shows what SHOW BINLOG EVENTS prints, step by step", {}, async (page) => {
  await follow(page);
  await goTo(page, "asks INSERT INTO");
  for (const events of [6, 11]) {
    const list = sql("mysql-0", "SHOW BINLOG EVENTS IN 'mysql-0-bin.000003'");
    const listed = await natively(page, list);
    const wanted = listed.trimEnd().split("\n").slice(1).map((line) => line.split("\t"));
    assert.equal(wanted.length, events);
    const shown = await page.getByTestId("binlog").locator("li").evaluateAll((lines) =>
      lines.map((line) => ["button", "b", "i"].map((part) => line.querySelector(part).textContent)),
    );
    assert.deepEqual(
      shown.map(([bytes, kind, info]) => [...bytes.split("–"), kind, info]),
      wanted.map(([, start, kind, , end, info = ""]) => [start, end, kind, info]),
    );
    const cells = await page.getByTestId("strip").locator("button").evaluateAll((cells) =>
      cells.map((cell) => [cell.innerText, cell.style.flexGrow, cell.title.split(" ")[0]]),
    );
    assert.deepEqual(
      cells.map(([, bytes, range]) => [bytes, range]),
      wanted.map(([, start, , , end]) => [`${end - start}`, `${start}–${end}`]),
    );
    const status = await natively(page, sql("mysql-0", "SHOW MASTER STATUS"));
    const [file, position] = status.split("\n")[1].split("\t");
    assert.equal(await page.getByTestId("position").innerText(), `${file} : ${position}`);
    await page.getByTestId("step-forward").click();
  }
});

for (const [pod, from, file] of [
  ["mysql-1", "mysql-0", "xtrabackup_binlog_info"],
  ["mysql-2", "mysql-1", "xtrabackup_slave_info"],
]) {
  visit(`from which byte ${pod} replicates, who said so, and why`, {}, async (page) => {
    await page.getByTestId("to-end").click();
    await show(page, pod);
    const ran = await natively(
      page,
      `kubectl exec ${pod} -c xtrabackup -- cat /var/lib/mysql/change_master_to.sql.orig`,
    );
    const [, log, byte] = /MASTER_LOG_FILE='(.*?)',\s+MASTER_LOG_POS=(\d+)/.exec(ran);
    const began = await page.getByTestId("began").innerText();
    assert.equal(began, `Byte ${byte} of ${log}, read from mysql-0.mysql.`);
    const copied = await page.getByTestId("copied").innerText();
    for (const said of [file, `${from}'s`, `${log} : ${byte}`]) assert.ok(copied.includes(said));
    const why = await page.getByTestId("why-source").innerText();
    assert.match(why, pod === "mysql-1" ? /data is mysql-0's/ : /mysql-1 cannot be the source/);
    await goTo(page, "asks CHANGE MASTER TO");
    assert.match(await page.getByTestId("sentence").innerText(), /MASTER_HOST='mysql-0.mysql'/);
    // One step earlier it has not been said yet.
    await page.getByTestId("step-back").click();
    await page.getByTestId("began").waitFor({ state: "detached" });
  });
}

visit("where the replicas began is marked in the source's binary log", {}, async (page) => {
  await page.getByTestId("to-end").click();
  await show(page, "mysql-0");
  const marked = page.getByTestId("binlog").locator("li", { has: page.getByTestId("begins") });
  assert.equal(await marked.count(), 1);
  assert.match(await marked.innerText(), /^154–219\s[^]*mysql-1, mysql-2$/);
});

visit("one transaction is followed from the client to every replica's row", {}, async (page) => {
  await follow(page);
  const said = await page.getByTestId("trail").locator("li").allInnerTexts();
  assert.match(said[0], /The client in mysql-client asks INSERT INTO test.messages/);
  for (const pod of ["mysql-1", "mysql-2"]) {
    const at = (words) => said.findIndex((text) => text.includes(words));
    const order = [at("mysql-0 writes"), at(`thread of ${pod} receives`), at(`${pod} commits`)];
    assert.ok(order[0] > 0 && order[1] > order[0] && order[2] > order[1], `${order}`);
  }
  for (const pod of ["mysql-1", "mysql-2"]) {
    await follow(page);
    await goTo(page, `${pod} commits 1 row`);
    await show(page, pod);
    assert.deepEqual(await rows(page), ["hello"]);
    await page.getByTestId("step-back").click();
    await page.getByTestId("mysql").locator("td").waitFor({ state: "detached" });
  }
});

visit("the slave status is whole, and the one a client prints", {}, async (page) => {
  await follow(page);
  await goTo(page, "The I/O thread of mysql-2 receives Table_map");
  await show(page, "mysql-2");
  const status = page.getByTestId("slave-status");
  assert.ok(!(await status.isVisible()), "it is folded away");
  await page.getByTestId("whole-status").locator("summary").click();
  for (const going of ["step-forward", "to-end"]) {
    const native = await natively(page, sql("mysql-2", "SHOW SLAVE STATUS\\G"));
    assert.equal(native.trimEnd().split("\n").length, 58);
    assert.equal(await status.innerText(), native);
    await page.getByTestId(going).click();
    assert.ok(await status.isVisible(), "it stays open");
  }
});

for (const lang of ["en", "zh"]) {
  const options = { lang, width: 390, height: 844 };
  visit(`at 390 pixels nothing spills over, ${lang}`, options, async (page) => {
    await page.getByTestId("to-end").click();
    for (const pod of ["mysql-0", "mysql-1", "mysql-2"]) {
      await show(page, pod);
      const view = page.getByTestId("mysql");
      const folded = page.getByTestId("whole-status").locator("summary");
      if ((await folded.count()) > 0) await folded.click();
      const [wide, room] = await view.evaluate((it) => [it.scrollWidth, it.clientWidth]);
      assert.ok(wide <= room, `${pod}: ${wide} px wide in ${room}`);
      const whole = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(whole <= 390, `${whole} px wide in a window of 390`);
      const words = await view.locator("h3, dt, .nothing, .answers dd, summary").allInnerTexts();
      const foreign = ["mysqld", "server id"];
      for (const text of words.filter((text) => !foreign.includes(text))) {
        assert.equal(/\p{Script=Han}/u.test(text), lang === "zh", `${lang}: ${text}`);
      }
    }
  });
}

visit("a thread that failed is marked on its pod, and both say of what", {}, async (page) => {
  await page.getByTestId("to-end").click();
  await page.getByTestId("tab-terminal").click();
  const lines = [
    sql("mysql-1", "SET GLOBAL super_read_only = 0; CREATE DATABASE spare"),
    sql("mysql-0", "CREATE DATABASE spare"),
  ];
  for (const line of lines) {
    await page.getByTestId("command-line").fill(line);
    await page.getByTestId("command-line").press("Enter");
    await page.locator(".console-line:not(.busy)").waitFor();
  }
  await page.getByTestId("to-end").click();
  const row = page.locator('#stage [data-pick="container mysql-1 mysql"]');
  assert.match(await row.getAttribute("aria-label"), /Last_SQL_Errno: 1007/);
  assert.equal(await row.locator(".mark.is-failed").count(), 1);
  await show(page, "mysql-1");
  assert.match(
    await page.locator(".mysql-error").innerText(),
    /Last_SQL_Errno: 1007\s+Error 'Can't create database 'spare'; database exists' on query\./,
  );
});

visit("who moved a replica is told, not what its copy had said", {}, async (page) => {
  await page.getByTestId("to-end").click();
  await page.getByTestId("tab-terminal").click();
  const line = sql("mysql-1", "STOP SLAVE; CHANGE MASTER TO MASTER_LOG_POS = 756; START SLAVE");
  await page.getByTestId("command-line").fill(line);
  await page.getByTestId("command-line").press("Enter");
  await page.locator(".console-line:not(.busy)").waitFor();
  await page.getByTestId("to-end").click();
  await show(page, "mysql-1");
  assert.match(await page.getByTestId("began").innerText(), /^Byte 756 of mysql-0-bin\.000003/);
  assert.equal(await page.getByTestId("copied").count(), 0);
  assert.match(await page.getByTestId("trail").first().innerText(), /756/);
});
