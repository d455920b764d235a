// A static file server for dist/, on this machine only: what any static host does, and no more.
//
//   node end2end/serve.mjs FOLDER PORT

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".md": "text/plain; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".yaml": "text/plain; charset=utf-8",
};

/** Serves `folder`; port 0 takes a free one. Answers `{ url, close }` once it listens. */
export async function serve(folder, port = 0) {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    answer(root, request, response).catch(() => response.destroy());
  });
  await new Promise((listening, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", listening);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

async function answer(root, request, response) {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(response, 405);
  }
  const file = await find(root, request.url);
  if (file === undefined) return refuse(response, 404);
  response.writeHead(200, {
    "content-type": TYPES[extname(file.path)] ?? "application/octet-stream",
    "content-length": file.size,
    // Names with a digest never change; everything else is asked for again.
    "cache-control": /-[0-9a-f]{16}/.test(file.path) ? "max-age=31536000, immutable" : "no-cache",
  });
  if (request.method === "HEAD") response.end();
  else createReadStream(file.path).pipe(response);
}

async function find(root, url) {
  let path;
  try {
    path = join(root, normalize(decodeURIComponent(new URL(url, "http://host/").pathname)));
  } catch {
    return undefined;
  }
  if (path !== root && !path.startsWith(root + sep)) return undefined;
  for (const candidate of [path, join(path, "index.html")]) {
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isFile()) return { path: candidate, size: found.size };
  }
  return undefined;
}

function refuse(response, code) {
  response.writeHead(code, { "content-type": "text/plain" }).end(`${code}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [folder = "dist", port = "8080"] = process.argv.slice(2);
  try {
    const { url } = await serve(folder, Number(port));
    console.log(`\n    ${url}\n`);
  } catch (error) {
    const taken = error.code === "EADDRINUSE";
    const advice = "another program uses it; choose one with --port N.";
    console.error(`Port ${port} cannot be listened on: ${taken ? advice : error.message}`);
    process.exit(1);
  }
}
