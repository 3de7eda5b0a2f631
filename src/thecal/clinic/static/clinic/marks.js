// Marks the fields that the verdict names, while they are typed: what was typed stays as it is.
"use strict";
(() => {
  const mark = () => {
    document.querySelectorAll("#draft [aria-invalid]").forEach((one) => {
      one.removeAttribute("aria-invalid");
    });
    document.querySelectorAll("#verdict .field-error a").forEach((link) => {
      const field = document.getElementById(link.hash.slice(1));
      if (field) field.setAttribute("aria-invalid", "true");
    });
  };
  document.addEventListener("htmx:afterSwap", mark);
})();
