// What the page shows while the program is on its way, and if it cannot start. Trunk calls this.
// It also brings the second half of the program: what a run's opening does not need.

const say = (en, zh) => {
  document.getElementById("waiting-text").textContent = en;
  document.getElementById("waiting-text-zh").textContent = zh;
};

/** Where the second half is: beside the first, which index.html names. */
const restUrl = () =>
  document.querySelector("link[type='application/wasm']").href.replace("_bg.wasm", "_rest.wasm");

/** (module (import "f" "f" (func)) (export "f" (func 0))) */
const THROUGH = [
  [0, 97, 115, 109, 1, 0, 0, 0],
  [1, 4, 1, 96, 0, 0],
  [2, 7, 1, 1, 102, 1, 102, 0, 0],
  [7, 5, 1, 1, 102, 0, 0],
];

/** Makes a function of the script one that a table of functions takes. */
function tabled(call) {
  const module = new WebAssembly.Module(new Uint8Array(THROUGH.flat()));
  return new WebAssembly.Instance(module, { f: { f: call } }).exports.f;
}

/** Fetches the second half while everything waits for it. */
function fetchNow() {
  const request = new XMLHttpRequest();
  request.open("GET", restUrl(), false);
  // A request that everything waits for gives no bytes, but text of which each letter is one.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status >= 400) throw new Error(`${restUrl()}: ${request.status}`);
  const text = request.responseText;
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** What the program calls, by name. */
globalThis.ordinal = {
  /** The first half is there, but nothing of it ran yet. */
  first(exports) {
    this.exports = exports;
    const functions = exports.functions;
    // A program that nobody cut has no second half.
    if (functions === undefined) return;
    const here = () => functions.get(functions.length - 2) !== null;
    const imports = (module) => {
      const called = WebAssembly.Module.imports(module).filter((it) => it.module === "slot");
      const slot = Object.fromEntries(called.map(({ name }) => [name, functions.get(+name)]));
      return { first: exports, slot };
    };
    let arrived;
    const arrival = new Promise((resolve) => (arrived = resolve));
    const bring = () => {
      const module = new WebAssembly.Module(fetchNow());
      new WebAssembly.Instance(module, imports(module));
      arrived();
    };
    functions.set(functions.length - 1, tabled(bring));
    const come = async () => {
      const response = await fetch(restUrl());
      if (!response.ok) throw new Error(`${response.status}`);
      const module = await WebAssembly.compile(await response.arrayBuffer());
      if (!here()) await WebAssembly.instantiate(module, imports(module));
      arrived();
    };
    let asked = false;
    this.rest = () => {
      // Somebody on a train may have to wait; what was shown by then stays usable.
      const ask = (pause) =>
        come().catch(() => setTimeout(ask, pause, Math.min(2 * pause, 30_000)));
      if (!asked) ask(500);
      asked = true;
      return arrival;
    };
  },
  /** What the first half can show is shown: it is time for the second. Answers when it is here. */
  rest() {},
};

export default function loading() {
  const wait = document.getElementById("waiting");
  const done = document.getElementById("waiting-done");
  return {
    onStart() {
      if (typeof WebAssembly === "undefined") {
        wait.dataset.state = "failed";
        say(
          "This browser offers no WebAssembly, and Ordinal is made of it. Any current Firefox, Chrome, Edge or Safari will do; some turn it off in a strict security mode.",
          "此浏览器不支持 WebAssembly，而 Ordinal 依赖它运行。请换用较新的 Firefox、Chrome、Edge 或 Safari；若处于严格安全模式，请先关闭。",
        );
      }
    },
    onProgress({ current, total }) {
      if (total > 0) done.style.width = `${Math.min(100, (100 * current) / total)}%`;
    },
    onComplete() {
      done.style.width = "100%";
    },
    onFailure(error) {
      if (wait.dataset.state === "failed") return;
      wait.dataset.state = "failed";
      say(
        `The program could not be loaded. Check the connection and reload. (${error})`,
        `程序未能载入。请检查网络后重新载入。（${error}）`,
      );
    },
  };
}
