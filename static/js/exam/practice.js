// A practice question: its clock, and how long it was in sight. The server alone decides.

import { asClock, Countdown } from "./ending.js";

const clock = document.querySelector("[data-seconds-left]");
if (clock) {
  new Countdown(Number(clock.dataset.secondsLeft), {
    tick(seconds) {
      clock.textContent = asClock(seconds);
    },
    warning() {},
    end,
  });
}

const form = document.querySelector("[data-practice]");

// In the grace after the deadline: what is chosen is still taken, then the practice ends.
function end() {
  const isSaying = form && [...new FormData(form)].some(([name, value]) => name === "selected" || (name === "place" && value !== "-"));
  if (isSaying && !form.querySelector("[role=alert]")) form.requestSubmit();
  else document.getElementById("practice-end").requestSubmit();
}

form?.addEventListener("submit", () => {
  form.elements.seconds.value = Math.min(86_400, Math.round(performance.now() / 1000));
});
