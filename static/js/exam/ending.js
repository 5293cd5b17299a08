// The end of the exam: the clock that runs towards it, and handing in by hand or by the clock.

export const WARNINGS = [1800, 300, 60]; // seconds left: 30, 5 and 1 minutes

export const asClock = (seconds) => {
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

/**
 * Shows the server's clock. It counts with the monotonic clock of the page, so that the computer's
 * own time does not matter, and is anchored anew at every word from the server.
 */
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

const part = (id, selector) => document.getElementById(id).querySelector(selector);

export class Ending {
  isLeaving = false;
  #dialog = document.getElementById("end-dialog");
  #timeUp = document.getElementById("time-up-dialog");
  #malformed = new Set(); // entries the server named as no responses
  #told = new Set(); // what was contested and shown to somebody who wanted to end

  /**
   * @param {object} room `words`, `questions`, `queue`, `contested` (by position), `takeUp()`, `show(position)`,
   *   `submit(unsaved)` a promise of {status, body}, `askTheTime()`, `secondsLeft()`
   */
  constructor(room) {
    Object.assign(this, room);
  }

  leave(report) {
    this.isLeaving = true;
    location.replace(report);
  }

  ask() {
    const left = this.questions.filter((question) => !question.isAnswered).map(({ position }) => position);
    const { leftOpen, allAnswered } = this.words;
    part("end-dialog", "[data-unanswered]").textContent = left.length
      ? leftOpen.replace("%s", left.join(", "))
      : allAnswered;
    part("end-dialog", "[data-problem]").hidden = true;
    this.#dialog.showModal();
  }

  async byHand(button) {
    button.disabled = true;
    this.takeUp();
    await this.queue.flush();
    // Each is shown once, so that nobody ends without having been told.
    const untold = () => [...this.contested.values()].find((mine) => !this.#told.has(mine));
    const isIn = !untold() && (await this.#handIn(untold));
    const mine = untold();
    if (isIn) this.contested.forEach((_, position) => this.queue.decide(position)); // by ending
    else if (mine) {
      this.#told.add(mine);
      button.disabled = false;
      this.#dialog.close();
      this.show(mine.position);
    } else if (!this.isLeaving) {
      const problem = part("end-dialog", "[data-problem]");
      problem.textContent = this.words.noConnection;
      problem.hidden = false;
      button.disabled = false;
    }
  }

  async byClock() {
    if (this.#dialog.open) this.#dialog.close();
    if (!this.#timeUp.open) this.#timeUp.showModal();
    this.takeUp();
    await Promise.all([this.askTheTime(), this.queue.flush()]);
    this.#tellOfContested();
    if (this.secondsLeft()) this.#timeUp.close(); // time was added, and this page had not heard of it
    else if (!this.isLeaving && !(await this.#handIn()) && !this.isLeaving) {
      part("time-up-dialog", "[data-progress]").textContent = this.words.timeUpOffline;
      setTimeout(() => this.byClock(), 3000);
    }
  }

  /** Time waits for no decision: what stands on the server counts, the other word follows to the report. */
  #tellOfContested() {
    const places = [...this.contested.keys()].join(", ");
    const line = part("time-up-dialog", "[data-undecided]");
    line.textContent = this.words.undecided.replace("%s", places);
    line.hidden = !places;
  }

  /** Hands in, with what a flush just before could not save; false when that did not arrive, or `isStopped()`. */
  async #handIn(isStopped = () => false) {
    const entries = this.queue.entries.filter((entry) => !this.#malformed.has(entry.id));
    const unsaved = entries.map(({ id, at, sent, ...change }) => change);
    const reply = await this.submit(unsaved).catch(() => null);
    if (reply?.status === 409) {
      this.queue.reconsider(reply.body.responses);
      this.#tellOfContested();
      return !isStopped() && this.#handIn(isStopped);
    }
    if (reply?.status === 422 && reply.body.rows?.length) {
      reply.body.rows.forEach((number) => this.#malformed.add(entries[number - 1].id));
      return this.#handIn(isStopped);
    }
    if (reply?.status !== 200) return false;
    this.queue.clear();
    this.leave(reply.body.report);
    return true;
  }
}
