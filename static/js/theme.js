// Runs before the first paint: sets what the reader chose on <html>, then wires the switch.
"use strict";
(() => {
  const root = document.documentElement;
  const themes = ["light", "dark", "contrast"];
  const sizes = ["large", "larger"];

  const remembered = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off: the system's choice holds
    }
  };

  const remember = (key, value) => {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch {
      // the choice holds for this page only
    }
  };

  const apply = (attribute, value, allowed) => {
    if (allowed.includes(value)) root.setAttribute(attribute, value);
    else root.removeAttribute(attribute);
  };

  const wire = (selector, key, attribute, allowed) => {
    document.querySelectorAll(selector).forEach((select) => {
      select.value = root.getAttribute(attribute) ?? "";
      select.closest("[hidden]")?.removeAttribute("hidden");
      select.addEventListener("change", () => {
        apply(attribute, select.value, allowed);
        remember(key, select.value);
      });
    });
  };

  const moreContrast = matchMedia("(prefers-contrast: more)").matches ? "contrast" : null;
  apply("data-theme", remembered("passline.theme") ?? moreContrast, themes);
  apply("data-text-size", remembered("passline.text-size"), sizes);

  addEventListener("DOMContentLoaded", () => {
    wire("[data-theme-switch]", "passline.theme", "data-theme", themes);
    wire("[data-text-size-switch]", "passline.text-size", "data-text-size", sizes);
  });
})();
