// Lists whose rows are added, removed and ordered: by drag, or by buttons that say what they did.

const LETTERS = "ABCDEFGH";
const [EDGE, STEP] = [50, 12]; // pixels: dragging this close to an edge scrolls by so much

const listOf = (row) => row.closest("[data-rows]");
const rowsOf = (list) => [...list.children];

export class Rows {
  /**
   * @param {HTMLElement} root holds the lists (`data-rows`) and the buttons that add to them
   * @param {object} on `changed()` after every change, `said(what, values)` for the live region
   */
  constructor(root, on) {
    Object.assign(this, { root, on });
    this.lists = [...root.querySelectorAll("[data-rows]")];
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("pointerdown", (event) => this.#drag(event));
    this.refresh();
  }

  list(sort) {
    return this.lists.find((list) => list.dataset.rows === sort);
  }

  add(list, name = list.dataset.rows[0] + Math.random().toString(36).slice(2, 10)) {
    const template = document.getElementById(`${list.dataset.rows}-template`);
    const copy = document.createElement("template");
    copy.innerHTML = template.innerHTML.replaceAll("__name__", name);
    const row = copy.content.firstElementChild;
    list.append(row);
    return row;
  }

  /** Makes letters, names and buttons say where the rows now stand. */
  refresh() {
    for (const list of this.lists) {
      const rows = rowsOf(list);
      rows.forEach((row, index) => this.#label(list, row, index, rows.length));
      const button = this.root.querySelector(`[data-add="${list.id}"]`);
      button.disabled = rows.length >= Number(list.dataset.most);
    }
  }

  place(list, index) {
    const isLettered = list.dataset.rows === "option" && this.root.dataset.kind !== "ordering";
    return isLettered ? LETTERS[index] : String(index + 1);
  }

  #label(list, row, index, count) {
    const place = this.place(list, index);
    row.querySelectorAll("[data-place]").forEach((element) => (element.textContent = place));
    row.querySelectorAll("[data-name]").forEach((element) => {
      element.textContent = `${list.dataset.rowName} ${place}`;
    });
    row.querySelector('[data-move="-1"]')?.setAttribute("aria-disabled", index === 0);
    row.querySelector('[data-move="1"]')?.setAttribute("aria-disabled", index === count - 1);
  }

  #name(row) {
    const list = listOf(row);
    return `${list.dataset.rowName} ${this.place(list, rowsOf(list).indexOf(row))}`;
  }

  #click(event) {
    const button = event.target.closest("[data-add], [data-move], [data-remove]");
    if (!button) return;
    if (button.dataset.add) this.#addBy(button);
    else if (button.dataset.move) this.#moveBy(button);
    else this.#removeBy(button);
  }

  #addBy(button) {
    const row = this.add(document.getElementById(button.dataset.add));
    this.#done();
    this.on.said("added", { name: this.#name(row) });
    row.querySelector("textarea, input:not([type=hidden], [type=radio], [type=checkbox])").focus();
  }

  #moveBy(button) {
    const row = button.closest("[data-row]");
    const isUp = button.dataset.move === "-1";
    const neighbor = isUp ? row.previousElementSibling : row.nextElementSibling;
    if (!neighbor) return;
    const name = this.#name(row);
    // The neighbor moves, so that the button keeps the focus.
    if (isUp) row.after(neighbor);
    else row.before(neighbor);
    this.#moved(row, name);
  }

  #moved(row, name) {
    const rows = rowsOf(listOf(row));
    this.#done();
    this.on.said("moved", { name, place: rows.indexOf(row) + 1, count: rows.length });
  }

  #removeBy(button) {
    const row = button.closest("[data-row]");
    const [list, name] = [listOf(row), this.#name(row)];
    const neighbor = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.#done();
    this.on.said("removed", { name });
    const next = neighbor?.querySelector("[data-remove]") ?? this.root.querySelector(`[data-add="${list.id}"]`);
    next.focus();
  }

  #done() {
    this.refresh();
    this.on.changed();
  }

  #drag(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button) return;
    event.preventDefault();
    const row = handle.closest("[data-row]");
    const [name, before] = [this.#name(row), rowsOf(listOf(row)).indexOf(row)];
    const listening = new AbortController();
    const move = ({ clientY }) => {
      if (clientY < EDGE) scrollBy(0, -STEP);
      if (clientY > innerHeight - EDGE) scrollBy(0, STEP);
      this.#makeWay(row, clientY);
    };
    const end = () => {
      listening.abort();
      row.classList.remove("dragged");
      if (rowsOf(listOf(row)).indexOf(row) !== before) this.#moved(row, name);
    };
    row.classList.add("dragged");
    document.addEventListener("pointermove", move, listening);
    document.addEventListener("pointerup", end, listening);
    document.addEventListener("pointercancel", end, listening);
  }

  /** Moves the neighbors past the dragged row, which itself stays in the page: a finger holds it. */
  #makeWay(row, y) {
    const middle = (one) => one.getBoundingClientRect().top + one.offsetHeight / 2;
    while (row.nextElementSibling && y > middle(row.nextElementSibling)) row.before(row.nextElementSibling);
    while (row.previousElementSibling && y < middle(row.previousElementSibling)) row.after(row.previousElementSibling);
    this.refresh();
  }
}
