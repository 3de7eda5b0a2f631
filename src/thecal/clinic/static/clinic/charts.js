"use strict";
/* Draws each plot of a page with uPlot from the JSON beside it. The table twin says the same. */
(function () {
  const plots = [];
  const DASH = { green: [2, 4], amber: [6, 4], red: [10, 4] };

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function strokes() {
    return {
      ink: colour("--ink"), line: colour("--line"), accent: colour("--accent"),
      green: colour("--good"), amber: colour("--ask"), red: colour("--bad"),
    };
  }

  /* The month is spelled out: 3/2 is another day on the other side of an ocean. */
  const DATE = { day: "numeric", month: "short", year: "numeric" };
  const HOUR = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

  function dates(chart, splits, axis, space, increment) {
    const words = new Intl.DateTimeFormat("en-GB", increment < 86400 ? HOUR : DATE);
    return splits.map(function (split) { return words.format(new Date(split * 1000)); });
  }

  function seriesOf(one, paint) {
    if (one.look in DASH) {
      return {
        label: one.label, stroke: paint[one.look], width: 1.5, dash: DASH[one.look],
        points: { show: false },
      };
    }
    const mark = one.look === "mark";
    return {
      label: one.label,
      stroke: mark ? paint.red : paint.accent,
      width: mark ? 0 : 2,
      spanGaps: !mark,
      paths: one.look === "step" ? uPlot.paths.stepped({ align: 1 }) : undefined,
      points: {
        show: one.values.length < 120, size: mark ? 14 : 6,
        fill: mark ? "transparent" : paint.accent,
      },
    };
  }

  function draw(place, data) {
    const paint = strokes();
    const axis = { stroke: paint.ink, grid: { stroke: paint.line, width: 0.5 },
      ticks: { stroke: paint.line } };
    const options = {
      width: Math.max(place.clientWidth, 260), height: 240,
      scales: { x: { time: true } },
      axes: [Object.assign({ values: dates, space: 90 }, axis), Object.assign({ label: data.unit, size: 60 }, axis)],
      series: [{ label: "date" }].concat(
        data.series.map(function (one) { return seriesOf(one, paint); })),
      legend: { live: false },
    };
    const values = [data.times].concat(data.series.map(function (one) { return one.values; }));
    return new uPlot(options, values, place);
  }

  function drawAll() {
    plots.forEach(function (plot) {
      if (plot.chart) { plot.chart.destroy(); }
      plot.chart = draw(plot.place, plot.data);
    });
  }

  document.querySelectorAll("[data-plot]").forEach(function (place) {
    plots.push({ place: place, data: JSON.parse(place.dataset.plot), chart: null });
  });
  drawAll();
  let waiting = 0;
  window.addEventListener("resize", function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(drawAll, 150);
  });
  ["(prefers-color-scheme: dark)", "print"].forEach(function (query) {
    window.matchMedia(query).addEventListener("change", drawAll);
  });

  /* On paper every table is open, and the plots have the colours of paper. */
  let opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.from(document.querySelectorAll("main details:not([open])"));
    opened.forEach(function (one) { one.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (one) { one.open = false; });
  });
}());
