// Moves the edges of steps on the strip and writes the times into the fields, which stay the truth.
"use strict";
(() => {
  const GRID = 15, DAY = 24 * 60;
  let held = null;
  const field = (step, part) => document.getElementById(`f-step${step}_${part}`);
  const minutes = (text) => {
    const found = /^([01][0-9]|2[0-3]):([0-5][0-9])$/.exec(text);
    return found ? 60 * Number(found[1]) + Number(found[2]) : null;
  };
  const clock = (at) => `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
  const at = (svg, event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * Number(svg.dataset.width);
    const raw = ((x - Number(svg.dataset.left)) / Number(svg.dataset.plot)) * DAY;
    return Math.min(DAY, Math.max(0, Math.round(raw / GRID) * GRID));
  };
  document.addEventListener("pointerdown", (event) => {
    const edge = event.target.closest && event.target.closest("svg.strip .edge");
    if (!edge) return;
    const start = minutes(field(edge.dataset.step, "start").value);
    const lasts = Number(field(edge.dataset.step, "lasts").value);
    if (start === null || !(lasts > 0)) return;
    held = { svg: edge.ownerSVGElement, edge, step: edge.dataset.step, which: edge.dataset.edge, start, end: start + lasts };
    event.preventDefault();
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const now = at(held.svg, event);
    if (held.which === "start" && now < held.end && now < DAY) held.start = now;
    if (held.which === "end" && now > held.start) held.end = now;
    field(held.step, "start").value = clock(held.start);
    field(held.step, "lasts").value = String(held.end - held.start);
    const x = (minute) => Number(held.svg.dataset.left) + (Number(held.svg.dataset.plot) * minute) / DAY;
    const bar = held.svg.querySelector(`.step[data-step="${held.step}"]`);
    bar.setAttribute("x", x(held.start));
    bar.setAttribute("width", x(held.end) - x(held.start));
    held.edge.setAttribute("x", x(held.which === "start" ? held.start : held.end) - 5);
  });
  document.addEventListener("pointerup", () => {
    if (!held) return;
    field(held.step, "start").dispatchEvent(new Event("input", { bubbles: true }));
    held = null;
  });
})();
