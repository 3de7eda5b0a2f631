"use strict";
// Counts down from the seconds that the server told: a wrong clock of this computer changes nothing.
document.querySelectorAll(".countdown[data-left]").forEach((line) => {
  const shown = line.querySelector("strong");
  const loaded = performance.now(), told = Number(line.dataset.left);
  const tick = () => {
    const left = Math.max(0, Math.ceil(told - (performance.now() - loaded) / 1000));
    const minutes = Math.floor(left / 60), seconds = String(left % 60).padStart(2, "0");
    shown.textContent = left ? `${minutes}:${seconds} min left` : "The watch is over";
    if (left) { setTimeout(tick, 1000); }
  };
  tick();
});
