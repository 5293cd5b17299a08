// The exam room: one page with all questions. Navigation costs nothing; every change is queued.

import { asClock, Countdown, Ending } from "./ending.js";
import { Question } from "./question.js";
import { ResponseQueue, sameState } from "./queue.js";

const room = document.getElementById("room");
const words = document.getElementById("words").dataset;
const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];
const say = (text, value) => text.replace("%s", value);

const questions = findAll("[data-question]", room).map((element) => new Question(element));
const reviewScreen = document.getElementById("review");
const memory = `passline.place.${room.dataset.sitting}`;
const contested = new Map(); // position -> what this device said of a question changed elsewhere, undecided
let current = 1;

// --- What this browser remembers; with storage switched off, this page alone

const recall = (storage, key) => {
  try {
    return window[storage].getItem(key);
  } catch {
    return null;
  }
};
const remember = (storage, key, value) => {
  try {
    window[storage].setItem(key, value);
  } catch {
    // nothing that matters
  }
};

/** A live region that says the same once more must be emptied in between. */
const speak = (id, text) => {
  const region = document.getElementById(id);
  const isSaid = region.textContent === text;
  region.textContent = isSaid ? "" : text;
  if (isSaid) setTimeout(() => speak(id, text), 100);
};

// --- Talking to the server

const request = async (url, options = {}) => {
  const reply = await fetch(url, {
    credentials: "omit", // the sitting token authorizes; a session may expire meanwhile
    signal: AbortSignal.timeout(10_000),
    ...options,
    headers: { "X-Sitting-Token": room.dataset.token },
  });
  // A network that asks for a log-in says yes to everything: only our own word counts.
  const isOurs = reply.headers.get("Content-Type")?.startsWith("application/json");
  return isOurs ? { status: reply.status, body: await reply.json() } : { status: 0, body: {} };
};

const post = (url, fields) => request(url, { method: "POST", body: new URLSearchParams(fields), keepalive: true });

const send = ({ position, revision, selected, struck, flagged, guessed, seconds = 0 }) =>
  post(room.dataset.respond.replace("/0/", `/${position}/`), {
    revision,
    selected,
    struck,
    seconds,
    ...(flagged && { flagged: "on" }),
    ...(guessed && { guessed: "on" }),
  });

// --- Saving

const status = document.getElementById("save-status");
let isTroubled = false;

/** Shows every state and speaks of trouble and its end alone. */
const showStatus = (name, text) => {
  status.className = `save-status ${name}`;
  status.textContent = text;
  const isOver = name !== "unsaved" && !queue.size;
  if (isTroubled ? isOver : name === "unsaved") speak("save-news", text);
  isTroubled = name === "unsaved" || (isTroubled && !isOver);
};

/** Nothing is under way: what another window changed is worth more words than that all is saved. */
const showSettled = (text) => {
  if (contested.size) showStatus("contested", contestedWords());
  else showStatus("saved", text);
};

const contestedWords = () => {
  const places = [...contested.keys()].sort((one, other) => one - other);
  return say(places.length === 1 ? words.contestedOne : words.contestedMany, places.join(", "));
};

const queue = new ResponseQueue(`passline.response.${room.dataset.sitting}.`, send, {
  state(name, count) {
    if (name === "saving") showStatus("saving", words.saving);
    else showStatus("unsaved", count === 1 ? words.unsavedOne : say(words.unsavedMany, count));
  },
  saved({ position }, body) {
    questions[position - 1].revision = body.revision;
    const time = new Date(body.saved_at).toLocaleTimeString(undefined, { hourCycle: "h23" });
    showSettled(say(words.saved, time));
    anchor(body);
  },
  conflict(entry, body) {
    const question = questions[entry.position - 1];
    contested.set(entry.position, entry);
    question.take(body);
    showConflict(question);
    refresh(question);
    showSettled();
    if (!isInView(question)) speak("save-news", contestedWords());
  },
  closed: (report) => ending.leave(report),
});

const changed = (question) => {
  stopwatch.read();
  refresh(question);
  queue.put(question.change);
};

/** Makes what an earlier page or another tab left unsaved our own. */
const takeUp = () =>
  queue.leftBehind().forEach((entry) => {
    const question = questions[entry.position - 1];
    if (!question) return;
    // What the server has may be our own save whose reply was lost: then go on from it.
    if (entry.sent.some((state) => sameState(state, question))) entry.revision = question.revision;
    if (entry.revision === question.revision) question.take(entry);
    queue.take(entry);
  });

/** What an earlier page was told of, and left undecided. */
const recallContested = () =>
  queue.contested().forEach((mine) => {
    const question = questions[mine.position - 1];
    if (!question || sameState(mine, question)) queue.decide(mine.position);
    else contested.set(mine.position, mine);
  });

const showConflict = (question) => {
  const mine = contested.get(question.position);
  if (!mine) return;
  const decideFor = (state) => {
    if (state) question.take(state);
    if (state) changed(question);
    decide(question);
    question.element.focus({ preventScroll: true });
  };
  const { selected, struck, flagged, guessed } = mine;
  question.tell(words.conflict, [
    [say(words.useMine, selected || words.mineBlank), () => decideFor({ selected, struck, flagged, guessed })],
    [say(words.keepThis, question.selected || words.mineBlank), () => decideFor(null)],
  ]);
};

const decide = (question) => {
  question.hush();
  if (!contested.delete(question.position)) return;
  queue.decide(question.position);
  refresh(question);
  if (!queue.size) showSettled(words.ready);
};

// --- Where the time goes: to the question in sight, while the page is

const stopwatch = {
  since: performance.now(),
  isRunning: false,
  /** Gives what passed to the question that was in sight, and goes on with what is in sight now. */
  read() {
    const now = performance.now();
    if (this.isRunning) questions[current - 1].milliseconds += now - this.since;
    this.since = now;
    queueMicrotask(() => {
      this.isRunning = !document.hidden && reviewScreen.hidden;
    });
  },
};

// --- What the page shows of the state

const refreshPlace = (question) => {
  const place = find(`.place[data-go="${question.position}"]`);
  place.classList.toggle("answered", question.isAnswered);
  place.classList.toggle("incomplete", question.isIncomplete);
  place.classList.toggle("flagged", question.flagged);
  place.classList.toggle("contested", contested.has(question.position));
  const said = [words[question.state], contested.has(question.position) && words.contested].filter(Boolean).join(", ");
  find("[data-words]", place).textContent = `, ${said}${question.flagged ? `, ${words.flagged}` : ""}`;
  const row = find(`[data-row="${question.position}"]`);
  find("[data-state]", row).textContent = said;
  find("[data-flag-state]", row).textContent = question.flagged ? words.flagged : "";
};

const refreshCounts = () => {
  const answered = questions.filter((question) => question.isAnswered).length;
  const incomplete = questions.filter((question) => question.isIncomplete).length;
  const counts = {
    all: questions.length,
    answered,
    incomplete,
    unanswered: questions.length - answered - incomplete,
    open: questions.length - answered,
    flagged: questions.filter((question) => question.flagged).length,
  };
  findAll("[data-count]").filter((element) => element.matches("b")).forEach((element) => {
    element.textContent = counts[element.dataset.count];
  });
  find(".progress-line").value = answered;
};

const refresh = (question) => {
  refreshPlace(question);
  refreshCounts();
  if (question.position === current) find('[data-act="flag"]').setAttribute("aria-pressed", question.flagged);
  if (!reviewScreen.hidden) filterRows();
};

// --- Moving about

const show = (position, { focus = true } = {}) => {
  stopwatch.read();
  current = Math.min(Math.max(position, 1), questions.length);
  questions.forEach(({ element, position: place }) => {
    element.hidden = place !== current;
  });
  reviewScreen.hidden = true;
  findAll(".place").forEach((place) => place.removeAttribute("aria-current"));
  find(`.place[data-go="${current}"]`).setAttribute("aria-current", "true");
  find('[data-act="previous"]').disabled = current === 1;
  refresh(questions[current - 1]);
  showConflict(questions[current - 1]);
  remember("sessionStorage", memory, current);
  scrollTo(0, 0);
  if (focus) questions[current - 1].element.focus({ preventScroll: true });
};

const isInView = (question) => question.position === current && reviewScreen.hidden;

const showReview = () => {
  stopwatch.read();
  questions.forEach(({ element }) => {
    element.hidden = true;
  });
  reviewScreen.hidden = false;
  filterRows();
  scrollTo(0, 0);
  reviewScreen.focus({ preventScroll: true });
};

const filterRows = () => {
  const filter = find('[data-filter][aria-pressed="true"]').dataset.filter;
  const isShown = { all: () => true, unanswered: (one) => !one.isAnswered, flagged: (one) => one.flagged }[filter];
  questions.forEach((question) => {
    find(`[data-row="${question.position}"]`).hidden = !isShown(question);
  });
  find("[data-nothing]").hidden = questions.some(isShown);
};

// --- Ending

const ending = new Ending({
  words,
  questions,
  queue,
  contested,
  takeUp,
  show,
  submit(unsaved) {
    stopwatch.read();
    const seconds = questions.map((question) => question.seconds);
    return post(room.dataset.submit, { unsaved: JSON.stringify(unsaved), seconds: JSON.stringify(seconds) });
  },
  askTheTime: () => askTheTime(),
  secondsLeft: () => countdown.seconds,
});

// --- The clock

const timer = document.getElementById("timer");
const minutesLeft = (seconds) => {
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? words.timeLeftOne : say(words.timeLeft, minutes);
};
const hideTime = (isHidden) => {
  timer.classList.toggle("is-hidden", isHidden);
  find(".timer-toggle").setAttribute("aria-label", isHidden ? words.showTime : words.hideTime);
};

const countdown = timer && new Countdown(Number(room.dataset.secondsLeft), {
  tick(seconds) {
    find(".value", timer).textContent = asClock(seconds);
    timer.classList.toggle("low", seconds <= 300);
  },
  warning(seconds) {
    if (seconds <= 300) hideTime(false);
    speak("time-warning", minutesLeft(seconds));
  },
  end: () => ending.byClock(),
});

const anchor = (body) => {
  if (countdown && Number.isInteger(body.seconds_left)) countdown.anchor(body.seconds_left);
};

const askTheTime = async () => {
  const reply = await request(room.dataset.clock).catch(() => null);
  if (reply?.status === 410 && !queue.size) ending.leave(reply.body.report);
  else if (reply?.status === 200) anchor(reply.body);
};

// --- Hands

const acts = {
  next: () => (current === questions.length ? showReview() : show(reviewScreen.hidden ? current + 1 : current)),
  previous: () => show(reviewScreen.hidden ? current - 1 : current),
  review: showReview,
  back: () => show(current),
  end: () => ending.ask(),
  submit: (button) => ending.byHand(button),
  flag() {
    questions[current - 1].toggleFlag();
    changed(questions[current - 1]);
  },
};

const strike = (letter) => {
  questions[current - 1].toggleStrike(letter);
  changed(questions[current - 1]);
};

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  const act = on("[data-act]");
  if (act) acts[act.dataset.act](act);
  else if (on("[data-go]")) {
    const navigator = document.getElementById("navigator");
    if (navigator.matches(":popover-open")) navigator.hidePopover();
    show(Number(on("[data-go]").dataset.go));
  } else if (on(".strike")) strike(on("[data-option]").dataset.option);
  else if (on("[data-dialog]")) document.getElementById(`${on("[data-dialog]").dataset.dialog}-dialog`).showModal();
  else if (on("[data-close]")) on("dialog").close();
  else if (on(".timer-toggle")) hideTime(!timer.classList.contains("is-hidden"));
  else if (on("[data-filter]")) {
    findAll("[data-filter]").forEach((chip) => chip.setAttribute("aria-pressed", chip === on("[data-filter]")));
    filterRows();
  }
});

room.addEventListener("change", (event) => {
  const element = event.target.closest("[data-question]");
  const question = element && questions[Number(element.dataset.question) - 1];
  if (!question) return;
  if (question.read(event.target)) {
    changed(question);
    decide(question);
  } else question.tell(say(words.tooMany, question.count));
});

const shortcutsOn = find("[data-shortcuts-on]");
const shortcuts = {
  n: acts.next,
  p: acts.previous,
  f: acts.flag,
  g: () => reviewScreen.hidden && find("[data-guess]", questions[current - 1].element).click(),
  r: acts.review,
  t: () => countdown && speak("time-warning", minutesLeft(countdown.seconds)),
  "?": () => document.getElementById("shortcuts-dialog").showModal(),
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("select, textarea, input:not([type=radio], [type=checkbox])");
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping || find("dialog[open]")) return;
  if (!shortcutsOn.checked && event.key !== "?") return;
  const digit = /^Digit([1-8])$/.exec(event.code)?.[1];
  const question = questions[current - 1];
  const option = digit && event.shiftKey && question.options[digit - 1];
  if (digit && !reviewScreen.hidden) return;
  if (option) strike(option.dataset.option);
  else if (digit) question.choose(digit - 1);
  else if (!shortcuts[event.key.toLowerCase()]) return;
  else shortcuts[event.key.toLowerCase()]();
  event.preventDefault();
});

shortcutsOn.checked = recall("localStorage", "passline.shortcuts") !== "off";
shortcutsOn.addEventListener("change", () => remember("localStorage", "passline.shortcuts", shortcutsOn.checked ? "on" : "off"));

addEventListener("beforeunload", (event) => {
  if (queue.size && !ending.isLeaving) event.preventDefault();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
addEventListener("online", askTheTime);
document.addEventListener("visibilitychange", () => {
  stopwatch.read();
  if (!document.hidden) askTheTime();
});
setInterval(askTheTime, 30_000);

// --- Opening the room: take up what an earlier page could not save

takeUp();
recallContested();
questions.forEach(refreshPlace);
show(Number(recall("sessionStorage", memory)) || 1, { focus: false });
showSettled(words.ready);
queue.flush();
