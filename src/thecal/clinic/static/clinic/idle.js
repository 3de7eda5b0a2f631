// Reminds somebody who does nothing, discards a draft of a therapy, and at the end leaves nobody's
// data on the screen. The server holds the same rules; this only shows them.
"use strict";
(() => {
  const { idleReminder, idleDrafts, idleEnd, stillHere, start, draft, idleWords } = document.body.dataset;
  if (!idleEnd) return;
  const pingEvery = 60000;
  let acted = Date.now();
  let pinged = acted;
  let told = null;

  const say = (words) => {
    if (!told) {
      told = document.createElement("p");
      told.className = "message warning";
      told.setAttribute("role", "alert");
      document.getElementById("main").prepend(told);
    }
    told.textContent = words;
  };

  const act = () => {
    acted = Date.now();
    if (told && !told.dataset.kept) told.remove();
    told = null;
    if (acted - pinged < pingEvery) return;
    pinged = acted;
    const token = document.querySelector(".who input[name=csrfmiddlewaretoken]");
    if (token) fetch(stillHere, { method: "POST", headers: { "X-CSRFToken": token.value } });
  };

  const look = () => {
    const idle = (Date.now() - acted) / 1000;
    if (idle >= Number(idleEnd)) {
      clearInterval(looking);
      document.dispatchEvent(new Event("session-over"));
      location.assign(start);
    } else if (draft && idle >= Number(idleDrafts)) {
      if (told && told.dataset.kept) return;
      document.querySelectorAll("main form").forEach((form) => form.reset());
      say("Nothing was done here for a while: what was typed on this page was discarded. Open it again.");
      told.dataset.kept = "yes";
    } else if (idle >= Number(idleReminder)) {
      const loss = draft ? `what is typed here is discarded after ${Math.round(idleDrafts / 60)} minutes, and ` : "";
      say(idleWords || `Nothing was done here for a while: ${loss}the session ends after ${Math.round(idleEnd / 60)} minutes.`);
    }
  };

  for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, act, { passive: true });
  const looking = setInterval(look, 1000);
})();
