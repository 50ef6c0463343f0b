// What the visitor has said: liked, put aside, filters. Whoever wants to know is told of changes. Liked
// items are in the address as well, so that a list can be kept and passed on.

export class Taste {
  liked = [];          // ids, the oldest first
  hidden = [];
  where = new Map();   // a condition a name
  #listeners = [];
  #catalogue;

  constructor(catalogue) {
    this.#catalogue = catalogue;
    try {
      const said = new URLSearchParams(location.hash.slice(1)).get('liked');
      for (const text of said?.split(',') ?? []) {
        const id = /^-?\d+$/.test(text) ? Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text) : undefined;
        if (catalogue.rows.has(id) && !this.liked.includes(id)) this.liked.push(id);
      }
    } catch {
      // an address that somebody has cut off
    }
  }

  onChange(listener) { this.#listeners.push(listener); }
  #changed(what) {
    try {
      history.replaceState(null, '', this.liked.length > 0 ? `#liked=${this.liked.join(',')}` : location.href.split('#')[0]);
    } catch {
      // some hosts do not let pages do that
    }
    for (const listener of this.#listeners) listener(what);
  }

  like(id) {
    this.hidden = this.hidden.filter((one) => one !== id);
    if (!this.liked.includes(id)) this.liked.push(id);
    this.#changed('liked');
  }
  unlike(id) {
    this.liked = this.liked.filter((one) => one !== id);
    this.#changed('liked');
  }
  toggle(id) { return this.liked.includes(id) ? this.unlike(id) : this.like(id); }
  hide(id) {
    this.hidden.push(id);
    this.liked = this.liked.filter((one) => one !== id);
    this.#changed('hidden');
  }
  unhide() {
    this.hidden = [];
    this.#changed('hidden');
  }
  only(name, condition) {
    if (condition === undefined) this.where.delete(name);
    else this.where.set(name, condition);
    this.#changed('where');
  }
  clear() {
    this.liked = [];
    this.#changed('liked');
  }
}
