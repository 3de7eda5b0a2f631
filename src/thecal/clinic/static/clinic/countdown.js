"use strict";
// Counts a watch down; the page says the same without it, at the time when it was loaded.
document.querySelectorAll(".countdown[data-ends]").forEach((line) => {
  const shown = line.querySelector("strong");
  const ends = Date.parse(line.dataset.ends);
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    const minutes = Math.floor(left / 60), seconds = String(left % 60).padStart(2, "0");
    shown.textContent = left ? `${minutes}:${seconds} min left` : "The watch is over";
    if (left) { setTimeout(tick, 1000); }
  };
  tick();
});
