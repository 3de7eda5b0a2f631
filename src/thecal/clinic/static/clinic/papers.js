// Shows how each paper of a visit stands when one comes back to its page, and soon after one was
// made from it: what is typed on the page stays. Without this the page is looked at again.
"use strict";
(() => {
  const SOON = [1500, 5000];

  const lookAgain = async () => {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const shown of document.querySelectorAll("[data-fresh]")) {
      const found = now.getElementById(shown.id);
      if (found && found.textContent !== shown.textContent) shown.textContent = found.textContent;
    }
  };
  const quietly = () => lookAgain().catch(() => {});

  window.addEventListener("focus", quietly);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-makes-paper]")) return;
    for (const wait of SOON) setTimeout(quietly, wait);
  });
})();
