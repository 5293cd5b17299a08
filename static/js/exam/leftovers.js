// What the exam room left on this device when the sitting was closed elsewhere, handed over from its
// report: the server keeps it as too late, and it leaves local storage only on the server's word.

const page = document.getElementById("leftovers").dataset;
const prefix = `passline.response.${page.sitting}.`;

const storedKeys = () => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return []; // storage is switched off
  }
};

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};

const forget = (keys) => keys.forEach((key) => localStorage.removeItem(key));

/** By question the last word of this device, with all keys it goes by. What nobody can read is forgotten. */
const leftovers = () => {
  const found = new Map();
  for (const key of storedKeys()) {
    const entry = read(key);
    if (Number.isInteger(entry?.position) && entry.position > 0 && entry.position <= Number(page.count)) {
      const known = found.get(entry.position) ?? { entry, keys: [] };
      const last = entry.at > known.entry.at ? entry : known.entry;
      found.set(entry.position, { entry: last, keys: [...known.keys, key] });
    } else forget([key]);
  }
  return [...found.values()];
};

/** Whether it arrived and is kept now; forgotten also when the server says that it is no response. */
const handOver = async ({ entry, keys }) => {
  const { position, revision, selected, struck, flagged, guessed } = entry;
  const reply = await fetch(page.respond.replace("/0/", `/${position}/`), {
    method: "POST",
    credentials: "omit",
    headers: { "X-Sitting-Token": page.token },
    body: new URLSearchParams({ revision, selected, struck, ...(flagged && { flagged: "on" }), ...(guessed && { guessed: "on" }) }),
  });
  // A network that asks for a log-in answers too: only our own word counts.
  const isOurs = reply.headers.get("Content-Type")?.startsWith("application/json");
  if (isOurs && [410, 422].includes(reply.status)) forget(keys);
  return isOurs && reply.status === 410;
};

const handAllOver = async () => {
  let arrivedCount = 0;
  for (const left of leftovers()) arrivedCount += await handOver(left).catch(() => false);
  if (!arrivedCount) return;
  const here = location.pathname + location.search;
  htmx.ajax("GET", here, { target: "#main", select: "#main", swap: "outerHTML" }); // it names them now
};

addEventListener("online", handAllOver);
handAllOver();
