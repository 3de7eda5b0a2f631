// Asks, in the browser's own words, before a page is left on which something was typed for a patient
// and not sent. Stopping the pump and the end of a session are never held up by it.
"use strict";
(() => {
  const typed = new Set();
  const sentOrGone = (event) => typed.delete(event.target);

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    // A form that writes to a patient says up to which entry its page had seen the record.
    if (form && form.elements.namedItem("seen")) typed.add(form);
  });
  document.addEventListener("submit", sentOrGone);
  document.addEventListener("reset", sentOrGone);
  document.addEventListener("click", (event) => {
    if (event.target.closest("a.stop")) typed.clear();
  });
  document.addEventListener("session-over", () => typed.clear());
  window.addEventListener("beforeunload", (event) => {
    if (typed.size) event.preventDefault();
  });
})();
