// Small manners of the ordinary pages: dialogs, printing, forms that come back with errors.
"use strict";
(() => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-print]")) print();
  });

  // An invalid form answers 422 with its own fragment: htmx would drop it otherwise.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 422) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    event.detail.elt.querySelector('[aria-invalid="true"]')?.focus();
  });
})();
