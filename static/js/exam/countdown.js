// Shows the server's clock. It counts with the monotonic clock of the page, so that the computer's
// own time does not matter, and is anchored anew at every word from the server.

export const WARNINGS = [1800, 300, 60]; // seconds left: 30, 5 and 1 minutes

export const asClock = (seconds) => {
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

export class Countdown {
  #endsAt = 0;
  #shown = Infinity;
  #timer = null;

  /** @param {object} on `tick(seconds)`, `warning(seconds)` once at each of WARNINGS, `end()` at zero */
  constructor(seconds, on) {
    this.on = on;
    this.#shown = seconds;
    on.tick(seconds);
    this.anchor(seconds);
    this.#run();
  }

  get seconds() {
    return Math.max(0, Math.ceil((this.#endsAt - performance.now()) / 1000));
  }

  /** Takes the server's word; time added after the end lets it run again. */
  anchor(seconds) {
    this.#endsAt = performance.now() + seconds * 1000;
    if (seconds) this.#run();
  }

  #run() {
    this.#timer ??= setInterval(() => this.#tick(), 250);
  }

  #tick() {
    const left = this.seconds;
    if (left === this.#shown && left) return; // a page opened at zero ends too
    const crossed = WARNINGS.filter((mark) => left <= mark && mark < this.#shown);
    this.#shown = left;
    this.on.tick(left);
    if (crossed.length) this.on.warning(Math.min(...crossed));
    if (left === 0) {
      clearInterval(this.#timer);
      this.#timer = null;
      // The server says whole seconds, rounded down: one more and the time is up there too.
      setTimeout(() => this.on.end(), 1000);
    }
  }
}
