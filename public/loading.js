// What the page shows while the program is on its way, and if it cannot start. Trunk calls this.

const say = (en, zh) => {
  document.getElementById("waiting-text").textContent = en;
  document.getElementById("waiting-text-zh").textContent = zh;
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
