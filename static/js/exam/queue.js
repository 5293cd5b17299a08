// Responses on their way to the server. Each waits in local storage under a key of its own and
// leaves it only on the server's yes, so that a crash, a reload or a second tab loses nothing.

const LONGEST_WAIT = 10_000;

export const sameState = (one, other) =>
  one.selected === other.selected &&
  one.struck === other.struck &&
  one.flagged === other.flagged &&
  Boolean(one.guessed) === Boolean(other.guessed);

const read = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export class ResponseQueue {
  #pending = new Map(); // position -> entry, in the order of first change
  #flushing = null;
  #retry = 0;
  #wait = 0;

  /**
   * @param {string} prefix of this sitting's keys in local storage
   * @param {(entry) => Promise<{status: number, body: object}>} send rejects without a connection;
   *   status 0 is a reply that was not the server's word
   * @param {object} on `state(name, count)`, `saved(entry, body)`, `conflict(entry, body)`, `closed(report)`
   */
  constructor(prefix, send, on) {
    Object.assign(this, { prefix, send, on });
    addEventListener("online", () => this.flush());
  }

  get size() {
    return this.#pending.size;
  }

  get entries() {
    return [...this.#pending.values()];
  }

  /** What an earlier page or another tab left unsaved and nothing here is newer than, oldest first. */
  leftBehind() {
    return this.#kept()
      .filter((entry) => !entry.isContested)
      .filter((entry) => !(this.#pending.get(entry.position)?.at >= entry.at));
  }

  /** What another window was ahead of, undecided yet, oldest first: kept here and sent no more. */
  contested() {
    return this.#kept().filter((entry) => entry.isContested);
  }

  /** Forgets what was contested at the position: somebody has chosen between the two. */
  decide(position) {
    this.contested()
      .filter((entry) => entry.position === position)
      .forEach((entry) => this.#forget(entry));
  }

  /** Takes up an entry that was left behind, under the key it already has. */
  take(entry) {
    const earlier = this.#pending.get(entry.position);
    if (earlier) this.#forget(earlier);
    this.#pending.set(entry.position, entry);
  }

  put(change) {
    const earlier = this.#pending.get(change.position);
    const id = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const entry = { sent: earlier?.sent ?? [], ...change, id, at: Date.now() };
    this.#pending.set(entry.position, entry);
    this.#store(entry);
    if (earlier) this.#forget(earlier);
    return this.flush();
  }

  /** Sends what waits, one after the other; resolves when it is empty or has to wait. */
  flush() {
    clearTimeout(this.#retry);
    this.#flushing ??= this.#sendAll().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  /** Forgets everything but what is contested. */
  clear() {
    clearTimeout(this.#retry);
    this.#pending.clear();
    this.#stored()
      .filter(([, text]) => !read(text)?.isContested)
      .forEach(([key]) => localStorage.removeItem(key));
  }

  async #sendAll() {
    let report = null;
    let undecided = 0;
    while (this.size) {
      const entry = this.#pending.values().next().value;
      this.on.state("saving", this.size);
      if (!entry.sent.some((state) => sameState(state, entry))) {
        const { selected, struck, flagged, guessed } = entry;
        entry.sent.push({ selected, struck, flagged, guessed });
        this.#store(entry);
      }
      const reply = await this.send(entry).catch(() => null);
      if (this.#settle(entry, reply)) report = reply.body.report ?? report;
      // One that the server stumbles over stands in nobody's way: another is tried before the wait.
      else if (!reply || this.size === 1 || ++undecided === 2) return this.#waitAndRetry();
      else this.#postpone(entry);
    }
    this.#wait = 0;
    if (report) this.on.closed(report);
  }

  /** What a submit was refused for: rows that say something else than what came along. */
  reconsider(rows) {
    for (const body of rows) {
      const entry = this.#pending.get(body.position);
      if (entry) this.#settle(entry, { status: 409, body });
    }
  }

  /** Whether the server has decided about the entry, either way. */
  #settle(entry, reply) {
    const newer = this.#pending.get(entry.position);
    switch (reply?.status) {
      case 200:
        this.#drop(entry);
        this.on.saved(entry, reply.body);
        if (newer !== entry) this.#rebase(newer, reply.body.revision);
        return true;
      case 409:
        // What stands there may be our own save whose reply was lost: then go on from it.
        if (newer.sent.some((state) => sameState(state, reply.body))) {
          this.#rebase(newer, reply.body.revision);
        } else {
          this.#pending.delete(newer.position);
          newer.isContested = true;
          this.#store(newer);
          this.on.conflict(newer, reply.body);
        }
        return true;
      case 410:
        this.#drop(newer);
        return true;
      case 422:
        if (!("revision" in reply.body)) return false; // not understood, so not ours to throw away
        this.#drop(newer);
        this.on.conflict(newer, reply.body);
        return true;
      default:
        return false;
    }
  }

  #waitAndRetry() {
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2 || 1000);
    this.on.state("unsaved", this.size);
    this.#retry = setTimeout(() => this.flush(), this.#wait);
  }

  #postpone({ position }) {
    const newest = this.#pending.get(position);
    this.#pending.delete(position);
    this.#pending.set(position, newest);
  }

  #rebase(entry, revision) {
    entry.revision = revision;
    this.#store(entry);
  }

  #drop(entry) {
    if (this.#pending.get(entry.position) === entry) this.#pending.delete(entry.position);
    this.#forget(entry);
  }

  #kept() {
    return this.#stored()
      .map(([, text]) => read(text))
      .filter((entry) => Array.isArray(entry?.sent)) // one that cannot be read stands in nobody's way
      .sort((one, other) => one.at - other.at);
  }

  #stored() {
    try {
      return Object.entries(localStorage).filter(([key]) => key.startsWith(this.prefix));
    } catch {
      return []; // storage is switched off: what is unsaved lives as long as the page
    }
  }

  #store(entry) {
    try {
      localStorage.setItem(this.prefix + entry.id, JSON.stringify(entry));
    } catch {
      // full or switched off: the entry still waits in this page
    }
  }

  #forget(entry) {
    try {
      localStorage.removeItem(this.prefix + entry.id);
    } catch {
      // never stored
    }
  }
}
