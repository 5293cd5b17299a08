// A practice question: its clock, and how long it was in sight.

import { asClock, Countdown } from "./ending.js";

const clock = document.querySelector("[data-seconds-left]");
if (clock) {
  new Countdown(Number(clock.dataset.secondsLeft), {
    tick(seconds) {
      clock.textContent = asClock(seconds);
    },
    warning() {},
    end: () => location.reload(), // the server closes it
  });
}

const form = document.querySelector("[data-practice]");
form?.addEventListener("submit", () => {
  form.elements.seconds.value = Math.min(86_400, Math.round(performance.now() / 1000));
});
