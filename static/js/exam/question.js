// One question of the room: its state, read from the page and written to it.

export class Question {
  constructor(element) {
    const data = element.dataset;
    this.element = element;
    this.position = Number(data.question);
    this.kind = data.kind;
    this.count = Number(data.count);
    this.inputs = [...element.querySelectorAll(".option input")];
    this.selects = [...element.querySelectorAll("select")];
    this.options = [...element.querySelectorAll("[data-option]")];
    this.take({
      revision: Number(data.revision),
      selected: data.selected,
      struck: data.struck,
      flagged: data.flagged === "true",
      guessed: data.guessed === "true",
    });
    this.milliseconds = Number(data.seconds) * 1000;
  }

  get isChoice() {
    return this.inputs.length > 0;
  }

  get isAnswered() {
    return this.selected.length === this.count && !this.selected.includes("-");
  }

  get isIncomplete() {
    return !this.isAnswered && this.selected !== "";
  }

  get state() {
    if (this.isAnswered) return "answered";
    return this.isIncomplete ? "incomplete" : "unanswered";
  }

  get change() {
    const { position, revision, selected, struck, flagged, guessed, seconds } = this;
    return { position, revision, selected, struck, flagged, guessed, seconds };
  }

  /** Whole seconds in sight so far, over all pages of this sitting. */
  get seconds() {
    return Math.round(this.milliseconds / 1000);
  }

  /** Makes the page show this state. */
  take({ revision = this.revision, selected, struck, flagged, guessed = false }) {
    Object.assign(this, { revision, selected, struck, flagged, guessed });
    this.inputs.forEach((input) => {
      input.checked = selected.includes(input.value);
    });
    this.selects.forEach((select, place) => {
      select.value = selected[place] ?? "-";
    });
    this.options.forEach((option) => {
      option.classList.toggle("struck", struck.includes(option.dataset.option));
    });
    this.element.querySelector("[data-flag]").hidden = !flagged;
    this.element.querySelector("[data-guess]").checked = guessed;
  }

  /** Reads what the candidate just did; false when it was one choice too many and is undone. */
  read(touched) {
    this.guessed = this.element.querySelector("[data-guess]").checked;
    if (touched.matches("[data-guess]")) return true;
    if (this.isChoice) return this.#readChoices(touched);
    if (this.kind === "ordering") this.#moveFromElsewhere(touched);
    const letters = this.selects.map((select) => select.value).join("");
    this.selected = /^-*$/.test(letters) ? "" : letters;
    return true;
  }

  #readChoices(touched) {
    const letters = this.inputs.filter((input) => input.checked).map((input) => input.value);
    if (letters.length > this.count) {
      touched.checked = false;
      return false;
    }
    this.selected = letters.join("");
    // Choosing what was struck out takes the stroke away.
    this.take({ ...this.change, struck: [...this.struck].filter((one) => !letters.includes(one)).join("") });
    return true;
  }

  /** A step stands in one place only. */
  #moveFromElsewhere(touched) {
    this.selects
      .filter((select) => select !== touched && select.value === touched.value)
      .forEach((select) => {
        select.value = "-";
      });
  }

  /** What a digit key does: chooses the option, or goes to the gap. */
  choose(place) {
    this.inputs[place]?.click();
    this.selects[place]?.focus();
  }

  toggleStrike(letter) {
    const struck = this.struck.includes(letter)
      ? this.struck.replace(letter, "")
      : [...this.struck, letter].sort().join("");
    const selected = this.isChoice && struck.includes(letter) ? this.selected.replace(letter, "") : this.selected;
    this.take({ ...this.change, struck, selected });
  }

  toggleFlag() {
    this.take({ ...this.change, flagged: !this.flagged });
  }

  /** Says something beside the stem; `ways` are what can be done about it, each [text, act]. */
  tell(text, ways = []) {
    const buttons = ways.map(([name, act]) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button small", textContent: name });
      button.addEventListener("click", act);
      return button;
    });
    const row = document.createElement("span");
    row.className = "button-row";
    row.append(...buttons);
    const notice = this.element.querySelector("[data-notice]");
    notice.replaceChildren(text, ...(buttons.length ? [row] : []));
    notice.hidden = false;
  }

  hush() {
    this.element.querySelector("[data-notice]").hidden = true;
  }
}
