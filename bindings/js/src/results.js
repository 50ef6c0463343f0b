// What searches give: Hits for one query, TopK for many. Keys and titles are looked up when asked for.
import {ITEM, keyOfId, titleOf, USER} from './catalogue.js';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

// Whose ids the results are: a model and USER or ITEM.
export class Source {
  constructor(closing, scope) {
    this.closing = closing;
    this.scope = scope;
  }
  key(id) { return keyOfId(this.closing._core, this.scope, id); }
  title(id) {
    if (this.scope === USER) throw new TypeError('users have no titles');
    return titleOf(this.closing._core, id);
  }
  get info() { return this.closing.info; }
  get hasKeys() { return this.info.stringKeys[this.scope === USER ? 'user' : 'item']; }
  get hasTitles() { return this.scope === ITEM && this.info.hasTitles; }
}

export class Hit {
  #source;
  constructor(id, score, source) {
    this.id = id;
    this.score = score;
    this.#source = source;
  }
  get key() { return this.#source.key(this.id); }
  get title() { return this.#source.title(this.id); }
  // With its key, where the catalogue has string keys, and title; ids beyond 2^53 as text.
  toJSON() {
    const {hasKeys, hasTitles} = this.#source;
    const out = hasKeys ? {key: this.key} : {id: typeof this.id === 'bigint' ? String(this.id) : this.id};
    out.score = this.score;
    if (hasTitles) out.title = this.title;
    return out;
  }
  [INSPECT]() { return {id: this.id, score: this.score}; }
}

// The results of one query, best first: an array of Hit.
export class Hits extends Array {
  static get [Symbol.species]() { return Array; }

  constructor(memory, ids, scores, count, source) {
    super(count);
    for (let i = 0; i < count; ++i) this[i] = new Hit(memory.id(ids + 8 * i), memory.f32[(scores >>> 2) + i], source);
  }
  get ids() { return Array.from(this, (hit) => hit.id); }
  get scores() { return Float32Array.from(this, (hit) => hit.score); }
}

// The results of many queries, in typed arrays: those of query i begin at i * k and are counts[i].
export class TopK {
  #source;

  constructor(memory, k, ids, scores, counts, count, source) {
    this.k = k;
    this.ids = memory.i64.slice(ids >>> 3, (ids >>> 3) + count * k);
    this.scores = memory.f32.slice(scores >>> 2, (scores >>> 2) + count * k);
    this.counts = memory.u32.slice(counts >>> 2, (counts >>> 2) + count);
    this.#source = source;
    for (let i = 0; i < count; ++i) {  // what lies behind was never written
      this.ids.fill(-1n, i * k + this.counts[i], (i + 1) * k);
      this.scores.fill(NaN, i * k + this.counts[i], (i + 1) * k);
    }
  }
  get length() { return this.counts.length; }

  at(query) {
    const i = query < 0 ? this.length + query : query, begin = i * this.k, count = this.counts[i];
    return count === undefined ? undefined : new Hits(new Slice(this.ids, this.scores), 8 * begin, 4 * begin, count, this.#source);
  }
  *[Symbol.iterator]() {
    for (let i = 0; i < this.length; ++i) yield this.at(i);
  }
  toJSON() { return [...this]; }
}

// Reads typed arrays of results as Memory does its own.
class Slice {
  constructor(ids, scores) {
    this.ids = ids;
    this.f32 = scores;
  }
  id(at) {
    const id = this.ids[at >>> 3], number = Number(id);
    return Number.isSafeInteger(number) ? number : id;
  }
}
