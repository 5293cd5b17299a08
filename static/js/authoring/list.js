// The list of questions: one button chooses all of a page, and again none of it.

const boxes = () => [...document.querySelectorAll('#bulk input[name="question"]')];

function show() {
  const button = document.querySelector("[data-choose-all]");
  if (!button) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(boxes().every((box) => box.checked)));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose-all]");
  if (!button) return;
  const isOn = button.getAttribute("aria-pressed") !== "true";
  for (const box of boxes()) box.checked = isOn;
  show();
});
document.addEventListener("change", show);
document.addEventListener("htmx:afterSettle", show);
show();
