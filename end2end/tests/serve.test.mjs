// The little file server gives out what it should and nothing else.

import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { serve } from "../serve.mjs";

let folder;
let server;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "serve-"));
  await mkdir(join(folder, "site"));
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(folder, "site/index.html"), "<p>start</p>");
  await writeFile(join(folder, "site/app-0123456789abcdef_bg.wasm"), "\0asm");
  server = await serve(join(folder, "site"));
});

after(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Node's own client would tidy up `..` in a URL object; a raw path reaches the server as it is. */
function get(path) {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() });
      });
    })
      .on("error", reject)
      .end();
  });
}

test("a folder is its index.html", async () => {
  const { status, text } = await get("/");
  assert.deepEqual([status, text], [200, "<p>start</p>"]);
});

test("wasm has the type that streaming compilation demands", async () => {
  const response = await fetch(`${server.url}app-0123456789abcdef_bg.wasm`);
  assert.equal(response.headers.get("content-type"), "application/wasm");
  assert.match(response.headers.get("cache-control"), /immutable/);
});

test("nothing outside the folder is given out", async () => {
  const paths = ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%ff", "/none"];
  for (const path of paths) {
    assert.equal((await get(path)).status, 404, path);
  }
});
