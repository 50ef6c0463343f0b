// The model's items for people: names, what is known of them, and finding them by a few letters.

const FEW = 60;           // values of a category or set that are offered as buttons
const MANY_ITEMS = 50000; // for more, memberships of inputs are not looked up

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export class Catalogue {
  #plain;

  constructor(model) {
    this.model = model;
    this.ids = model.itemIds();
    this.rows = new Map(this.ids.map((id, row) => [id, row]));
    const titles = model.info.hasTitles ? model.title(this.ids) : [], keys = model.info.stringKeys.item ? model.itemKey(this.ids) : [];
    this.names = this.ids.map((id, row) => titles[row] || keys[row] || `No. ${id}`);
    this.what = model.info.hasTitles ? 'titles' : model.info.stringKeys.item ? 'keys' : 'numbers';
  }

  nameOf(id) { return this.names[this.rows.get(id)]; }
  idOfRow(row) { return this.ids[row]; }

  // The rows of the names that have all words of `text`, those that begin with it first.
  find(text, most) {
    const wanted = plain(text.trim()), words = wanted.split(/\s+/).filter(Boolean), best = [[], [], []];
    if (words.length === 0) return [];
    this.#plain ??= this.names.map(plain);
    for (let row = 0; row < this.#plain.length; ++row) {
      const name = this.#plain[row];
      if (!words.every((word) => name.includes(word))) continue;
      best[name.startsWith(wanted) ? 0 : new RegExp(`(^|[^\\p{L}\\p{N}])${escaped(words[0])}`, 'u').test(name) ? 1 : 2].push(row);
      if (best[0].length >= most) break;
    }
    return best.flat().slice(0, most);
  }

  // What may be filtered by: [{name, kind: 'values' | 'numbers' | 'times', values?, least?, largest?}].
  facets() {
    const {model} = this, facets = [];
    const attributes = model.attributes.map((one) => one.name);
    for (const {name, kind, valueCount} of model.attributes) {
      if (kind === 'category' || kind === 'set') {
        if (valueCount > 0 && valueCount <= 400) facets.push({name, kind: 'values', values: this.#valuesOf(name)});
      } else {
        const [least, largest] = this.#boundsOf(name, kind);
        if (least < largest) facets.push({name, kind: kind === 'time' ? 'times' : 'numbers', whole: kind !== 'number', least, largest});
      }
    }
    for (const {name, scope, kind, vocabularySize} of model.inputs) {
      if (scope !== 'item' || attributes.includes(name) || vocabularySize > FEW || vocabularySize < 2) continue;
      if (kind === 'category' || kind === 'categorySet') facets.push({name, kind: 'values', values: model.inputValues(name).map((value) => [value, undefined])});
    }
    return facets.filter((one) => one.kind !== 'values' || one.values.length > 1);
  }

  // [value, how many items have it], the most frequent first.
  #valuesOf(name) {
    const counts = new Map();
    for (const value of this.model.attribute(name, this.ids).flat()) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]).slice(0, FEW);
  }
  #boundsOf(name, kind) {
    let least = Infinity, largest = -Infinity;
    for (const value of this.model.attribute(name, this.ids)) {
      const number = value === null ? NaN : kind === 'time' ? value.getTime() : Number(value);
      if (number < least) least = number;
      if (number > largest) largest = number;
    }
    return [least, largest];
  }

  // What is known of an item, for people: [[name, text]].
  factsOf(id) {
    const {model} = this, facts = [];
    for (const {name, kind} of model.attributes) {
      const value = model.attribute(name, id);
      if (value === null || value === '' || Number.isNaN(value) || value.length === 0) continue;
      facts.push([name, kind === 'time' ? value.toISOString().slice(0, 10) : kind === 'number' ? String(Math.round(value * 100) / 100) :
          Array.isArray(value) ? value.join(', ') : String(value)]);
    }
    for (const [name, values] of this.#memberships()) {
      if (facts.some(([other]) => other === name)) continue;
      const has = values.filter(([, set]) => set.has(id)).map(([value]) => value);
      if (has.length > 0) facts.push([name, has.join(', ')]);
    }
    return facts;
  }

  // Inputs have no values to be asked for, but sets of the items that have one.
  #sets;
  #memberships() {
    this.#sets ??= this.ids.length > MANY_ITEMS ? [] : this.model.inputs
        .filter((one) => one.scope === 'item' && /^category/.test(one.kind) && one.vocabularySize >= 2 && one.vocabularySize <= FEW)
        .map(({name}) => [name, this.model.inputValues(name).map((value) => [value, this.model.itemSet({where: {[name]: [value]}})])]);
    return this.#sets;
  }
}

const escaped = (word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
