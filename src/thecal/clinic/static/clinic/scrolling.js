// Lets the keyboard reach what scrolls by itself: a table that is wider than the screen.
"use strict";
(() => {
  const reach = () => {
    document.querySelectorAll("main .scroll, main table").forEach((one) => {
      const scrolls = one.scrollWidth > one.clientWidth && !one.querySelector("a, button, input");
      if (scrolls && !one.hasAttribute("tabindex")) one.tabIndex = 0;
    });
  };
  window.addEventListener("resize", reach);
  reach();
})();
