// The page of a draft: saves as one types, keeps on this device what could not be saved, and never
// lets one author overwrite another unknowingly.

import { Keeper } from "./keeper.js";
import { Rows } from "./rows.js";

const TYPING_PAUSE = 800; // milliseconds
const LONGEST_WAIT = 30_000;
const NOT_TEXT = new Set(["csrfmiddlewaretoken", "revision", "tags_seen"]);
const ROWS = new Set(["option", "prompt", "reference", "service"]);

const find = (id) => document.getElementById(id);
const editor = find("editor");
const form = find("draft");
const words = Object.fromEntries(
  [...find("editor-words").children].map((item) => [item.dataset.word, item.textContent]),
);
const word = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`%(${key})s`, value), words[name]);

// --- What the page says

const showStatus = (state, text) => {
  const status = find("save-status");
  status.className = `save-status ${state}`;
  if (status.textContent === text) return;
  status.textContent = text;
  if (state === "unsaved") announce(text);
};

const announce = (text) => {
  find("announcer").textContent = text;
};

/** Puts each element of an answer in the place of the one with its id. */
const take = (html) => {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of [...answer.body.children]) {
    const old = find(fresh.id);
    if (!old || old.isEqualNode(fresh)) continue;
    const element = document.importNode(fresh, true);
    old.replaceWith(element);
    window.htmx.process(element);
  }
};

// --- Rows

const showResponses = () => {
  const options = rows.list("option");
  const responses = [...options.children].map((row, index) => {
    const text = row.querySelector("textarea").value.replace(/\s+/g, " ").slice(0, 80);
    return new Option(`${rows.place(options, index)}. ${text}`, row.dataset.row);
  });
  for (const select of form.querySelectorAll("[data-responses]")) {
    const chosen = select.options.length ? select.value : select.dataset.chosen;
    const copies = responses.map((option) => option.cloneNode(true));
    select.replaceChildren(new Option(word("Choose"), ""), ...copies);
    select.value = chosen;
    if (select.selectedIndex < 0) select.value = "";
  }
};

const changed = () => {
  showResponses();
  hasNew = true;
  isRefused = false;
  keep();
  form.dispatchEvent(new Event("draft-changed"));
  clearTimeout(timer);
  timer = setTimeout(flush, TYPING_PAUSE);
};

const rows = new Rows(editor, {
  changed: () => changed(),
  said: (what, values) => announce(word(what[0].toUpperCase() + what.slice(1), values)),
});

// --- Keeping

const keeper = new Keeper(editor.dataset.question);
let isKept = true;

const entries = () => [...new FormData(form)].filter(([name]) => !NOT_TEXT.has(name));
const revision = () => Number(find("draft-revision").value);

const keep = (more = {}) => {
  isKept = keeper.put({ version: editor.dataset.version, revision: revision(), entries: entries(), ...more });
};

/** Makes the page say what was kept; fields that this kind does not have are passed over. */
const fill = (kept) => {
  rows.lists.forEach((list) => list.replaceChildren());
  for (const [name, value] of kept.filter(([each]) => ROWS.has(each))) {
    const list = rows.list(name);
    const row = list && (name === "service" ? rows.add(list) : rows.add(list, value));
    if (row && name === "service") row.querySelector("input").value = value;
  }
  for (const [name, value] of kept.filter(([each]) => !ROWS.has(each))) fillField(name, value);
  rows.refresh();
};

const fillField = (name, value) => {
  for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked ||= field.value === value;
    else if ("responses" in field.dataset) field.dataset.chosen = value;
    else field.value = value;
  }
};

const bringIn = (left) => {
  fill(left.entries);
  changed();
  keeper.forget(left.key);
};

const offer = (left) => {
  const button = (text, act) => {
    const element = document.createElement("button");
    Object.assign(element, { type: "button", className: "button small", textContent: text });
    element.addEventListener("click", () => {
      line.remove();
      find("left-behind").hidden = !find("left-behind").children.length;
      act();
    });
    return element;
  };
  const line = document.createElement("p");
  line.className = "notice warning button-row";
  const at = new Date(left.at).toLocaleString();
  line.append(
    word("Left", { at }),
    button(word("Bring"), () => bringIn(left)),
    button(word("Drop"), () => keeper.forget(left.key)),
  );
  find("left-behind").append(line);
  find("left-behind").hidden = false;
};

/** Goes on where an earlier page of this draft stopped; anything else is offered. */
const takeUp = () => {
  const [...left] = keeper.leftBehind();
  const mine = left.find((one) => !one.isAside && one.version === editor.dataset.version);
  left.filter((one) => one !== mine).forEach(offer);
  if (!mine) return;
  find("draft-revision").value = mine.revision;
  bringIn(mine);
};

// --- Saving

let hasNew = false; // something was typed since the last request
let isRefused = false; // the server cannot take it as it is
let isContested = false; // somebody else saved: the author decides
let saving = null;
let timer = 0;
let wait = 0;

const isUnsaved = () => hasNew || isRefused || isContested;

const csrfToken = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

const send = () =>
  fetch(editor.dataset.save, {
    method: "POST",
    body: new URLSearchParams([...new FormData(form)]),
    headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" },
  });

const flush = () => {
  clearTimeout(timer);
  saving ??= saveAll().finally(() => {
    saving = null;
  });
  return saving;
};

const saveAll = async () => {
  while (hasNew && !isContested) {
    hasNew = false;
    showStatus("saving", word("Saving"));
    const reply = await send().catch(() => null);
    const isSettled = await settle(reply);
    if (isSettled) continue;
    hasNew = true;
    wait = Math.min(wait ? wait * 2 : 2000, LONGEST_WAIT);
    timer = setTimeout(flush, wait);
    return;
  }
};

/** Whether the server has decided about what was sent. */
const settle = async (reply) => {
  if (![200, 409, 422].includes(reply?.status)) {
    showStatus("unsaved", word(isKept ? failure(reply) : "Unkept"));
    return false;
  }
  take(await reply.text());
  wait = 0;
  isRefused = reply.status === 422;
  isContested = reply.status === 409;
  if (isContested) find("conflict").scrollIntoView({ block: "center" });
  if (isUnsaved()) keep();
  else keeper.forget();
  return true;
};

const failure = (reply) => {
  if (!reply) return "Kept";
  return reply.status === 204 ? "LoggedOut" : "Failed";
};

// --- What the author does

form.addEventListener("input", changed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  flush();
});
addEventListener("online", () => {
  flush();
  form.dispatchEvent(new Event("draft-changed"));
});
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") flush();
});
addEventListener("beforeunload", (event) => {
  if (isUnsaved() && !isKept) event.preventDefault();
});
addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  flush();
});

editor.addEventListener("click", (event) => {
  if (event.target.closest("[data-take-theirs]")) {
    keep({ isAside: true });
    location.reload();
  }
  const overwrite = event.target.closest("[data-overwrite]");
  if (!overwrite) return;
  find("draft-revision").value = overwrite.dataset.overwrite;
  isContested = false;
  hasNew = true;
  flush();
});

// What is sent to review is what stands on the page.
find("ask").addEventListener("htmx:confirm", async (event) => {
  event.preventDefault();
  await flush();
  if (!isUnsaved()) event.detail.issueRequest(true);
});

// A log-in in another tab changes the token that this page was served with.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
});

// Preview and neighbors wait for the connection.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!navigator.onLine) event.preventDefault();
});

// --- Pictures go to where one last wrote

let lastArea = find("id_stem");
form.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea")) lastArea = event.target;
});
document.addEventListener("htmx:load", (event) => {
  const { snippet } = event.detail.elt.dataset ?? {};
  if (!snippet) return;
  const area = lastArea.isConnected ? lastArea : find("id_stem");
  area.setRangeText(snippet, area.selectionStart, area.selectionEnd, "end");
  area.focus();
  changed();
});

// --- The two ways to see it

const tabs = [...editor.querySelectorAll("[role=tab]")];

const choose = (tab) => {
  tabs.forEach((one) => {
    one.setAttribute("aria-selected", one === tab);
    one.tabIndex = one === tab ? 0 : -1;
  });
  find("preview").setAttribute("aria-labelledby", tab.id);
  find("preview-view").value = tab.dataset.view;
  find("preview-view").dispatchEvent(new Event("view-changed"));
};

tabs.forEach((tab, index) => {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = tabs[(index + 1) % tabs.length];
    choose(other);
    other.focus();
  });
});

// Who types fast has begun before this script.
const isTouched = (field) =>
  field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : "defaultValue" in field && field.value !== field.defaultValue;

const isBegun = [...form.elements].some(isTouched);
showResponses();
if (isBegun) changed();
takeUp();
