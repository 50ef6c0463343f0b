// Raw features of users, items or pairs that the file does not know.
import {checkedId, isId, isRecord, listOf, oneOf, putIds, putLists, putTexts, wholeNumber} from './arguments.js';
import {Closing} from './core.js';
import {shown} from './errors.js';
import {SCOPES} from './info.js';

// No vocabulary has it, so it is an unknown category, as one that is not set.
const MISSING = -(2n ** 63n);
const isMissing = (value) => value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value));

export class Features extends Closing {
  #scope;
  #count;

  constructor(core, scope, count, strict = false) {
    const number = oneOf(scope, SCOPES, 'scope');
    wholeNumber(count, 'features', 0);
    core.library.begin();
    super('features', core, core.library.made('duomo_features_create', core.model, number, count), 'duomo_features_release');
    this.#scope = scope;
    this.#count = count;
    if (strict) core.library.call('duomo_features_set_strict', this._address, 1);
  }

  get scope() { return this.#scope; }
  get length() { return this.#count; }

  // Sets an input for all rows, a value a row.
  set(name, values) {
    const {library, inputs} = this._core, memory = library.begin();
    if (typeof name !== 'string') throw new TypeError(`Features.set: expected the name of an input, not ${shown(name)}`);
    const rows = listOf(values, name, 'a list, a value a row');
    if (rows.length !== this.#count) throw new RangeError(`${name}: ${rows.length} values for ${this.#count} rows`);
    const input = inputs.find((one) => one.name === name && one.scope === this.#scope);
    const call = (setter, ...given) => library.call(`duomo_features_set_${setter}`, this._address, memory.putText(name, 'name'), ...given);
    if (input === undefined) {
      call('integers', memory.take(8 * rows.length));  // the library says why the name does not fit
    } else if (input.kind === 'number') {
      call('numbers', memory.putFloats(Array.from(rows, (value, i) => isMissing(value) ? NaN : asNumber(value, `${name}[${i}]`))));
    } else if (input.kind === 'categorySet' || input.kind === 'history') {
      const {offsets, ids, keys} = putLists(memory, Array.from(rows, (row) => isMissing(row) ? [] : row), name);
      const strings = keys !== 0 || (input.keys === 'string' && input.kind !== 'history' && Array.from(rows).every((row) => isMissing(row) || size(row) === 0));
      call(strings ? 'string_lists' : 'integer_lists', offsets, strings ? keys || ids : ids);
    } else if (input.kind === 'text' || input.keys === 'string') {
      call('strings', putTexts(memory, Array.from(rows, (value) => isMissing(value) ? null : value), name, true));
    } else {
      call('integers', putIds(memory, Array.from(rows, (value, i) => isMissing(value) ? MISSING : asWhole(value, `${name}[${i}]`)), name));
    }
    return this;
  }
}

const size = (row) => row.length ?? row.size;

function asNumber(value, name) {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw new TypeError(`${name}: expected a number, not ${shown(value)}`);
}

function asWhole(value, name) {
  if (!isId(value)) throw new TypeError(`${name}: expected a whole number, not ${shown(value)}`);
  return checkedId(value, name);
}

// From a number of rows, the values of one row, or a list of such rows. See Model.features.
export function makeFeatures(core, scope, data, strict = false) {
  if (typeof data === 'number') return new Features(core, scope, data, strict);
  const rows = isRecord(data) ? [data] : listOf(data, 'features', 'the values of a row, a list of rows, or how many rows');
  const names = new Set();
  rows.forEach((row, i) => {
    if (!isRecord(row)) throw new TypeError(`features[${i}]: expected an object with a value an input, not ${shown(row)}`);
    for (const name of Object.keys(row)) names.add(name);
  });
  const made = new Features(core, scope, rows.length, strict);
  try {
    for (const name of names) made.set(name, rows.map((row) => row[name]));
  } catch (error) {
    made.close();
    throw error;
  }
  return made;
}

// Calls use() with the address of the features, which are given or made for the call alone.
export function withFeatures(core, scope, data, name, use) {
  if (data === undefined || data === null) return use(0, 0);
  if (!(data instanceof Features)) {
    const made = makeFeatures(core, scope, data);
    try {
      return use(made._address, made.length);
    } finally {
      made.close();
    }
  }
  if (data.scope !== scope) throw new TypeError(`${name}: features of ${data.scope}s, not of ${scope}s`);
  if (data._core.library !== core.library) throw new TypeError(`${name}: features of another library's model`);
  return use(data._address, data.length);
}
