// The browser's time zone for the sign-up and the preferences, and the switch that shows a password.
"use strict";
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";

  document.querySelectorAll("[data-browser-time-zone]").forEach((field) => {
    field.value = zone;
  });

  document.querySelectorAll("[data-offers-time-zone]").forEach((offer) => {
    const select = document.getElementById(offer.dataset.offersTimeZone);
    const known = [...select.options].some((option) => option.value === zone);
    if (!known || select.value === zone) return;
    offer.querySelector("[data-zone]").textContent = zone;
    offer.hidden = false;
    offer.querySelector("button").addEventListener("click", () => {
      select.value = zone;
      select.focus();
      offer.hidden = true;
    });
  });

  document.querySelectorAll("[data-shows-password]").forEach((wrapper) => {
    const box = wrapper.querySelector("input");
    const passwords = wrapper.closest("form").querySelectorAll('input[type="password"]');
    wrapper.hidden = false;
    box.checked = false;
    box.addEventListener("change", () => {
      passwords.forEach((password) => {
        password.type = box.checked ? "text" : "password";
      });
    });
  });
})();
