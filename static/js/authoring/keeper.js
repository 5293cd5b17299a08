// Text that the server does not have yet, on this device. Each page writes under a key of its own,
// so that two tabs or a crash lose nothing; a key goes away only on the server's yes, or the author's.

export class Keeper {
  /** @param {string} question the id of the question whose texts these are */
  constructor(question) {
    this.prefix = `passline.draft.${question}.`;
    this.key = this.prefix + Math.random().toString(36).slice(2);
  }

  /** False when this device cannot keep it. */
  put(entry) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ ...entry, at: Date.now() }));
      return true;
    } catch {
      return false;
    }
  }

  forget(key = this.key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept either.
    }
  }

  /** What was never saved, the newest first, each with its `key`. */
  leftBehind() {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(this.prefix) && key !== this.key)
        .map((key) => ({ ...JSON.parse(localStorage.getItem(key)), key }))
        .sort((one, other) => other.at - one.at);
    } catch {
      return [];
    }
  }
}
