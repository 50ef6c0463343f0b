// What callers hand in, looked at and laid into the module's memory: ids, string keys, vectors, lists
// of them. Whatever is wrong is said with the argument's name; nothing wrong reaches the module.
import {shown} from './errors.js';

const LEAST_ID = -(2n ** 63n), LARGEST_ID = 2n ** 63n - 1n;

export const isKey = (value) => typeof value === 'string';
export const isId = (value) => typeof value === 'number' || typeof value === 'bigint';
export const isOne = (value) => isKey(value) || isId(value);
// An object of options or of named values, not a list of anything.
export const isRecord = (value) => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) &&
    typeof value[Symbol.iterator] !== 'function' && !(value instanceof ArrayBuffer);

// The id, if it is one.
export function checkedId(value, name) {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value;
    if (Number.isInteger(value)) throw new RangeError(`${name}: ${value} is more than a number says exactly; give a bigint`);
    throw new TypeError(`${name}: an id is a whole number, not ${value}`);
  }
  if (typeof value === 'bigint') {
    if (value >= LEAST_ID && value <= LARGEST_ID) return value;
    throw new RangeError(`${name}: ${value}n does not fit in 64 bits`);
  }
  throw new TypeError(`${name}: expected an id (a number or bigint) or a string key, not ${shown(value)}`);
}

// A list as an array or typed array: arrays, typed arrays, sets, whatever can be walked.
export function listOf(value, name, what = 'a list of ids or of string keys') {
  if (Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    if (value.length === 0) attached(value, name);
    return value;
  }
  if (typeof value === 'object' && value !== null && typeof value[Symbol.iterator] === 'function') return Array.from(value);
  throw new TypeError(`${name}: expected ${what}, not ${shown(value)}`);
}

// Throws where the buffer of a view was transferred away: it would look empty.
export function attached(view, name) {
  const buffer = ArrayBuffer.isView(view) ? view.buffer : view;
  if (buffer.byteLength > 0) return;
  try {
    new Uint8Array(buffer);
  } catch {
    throw new TypeError(`${name}: its buffer is detached: it was transferred to somebody else`);
  }
}

// Lays ids out as int64_t[]; where it lies.
export function putIds(memory, list, name) {
  const at = memory.take(8 * list.length);
  if (list instanceof BigInt64Array) {
    memory.i64.set(list, at >>> 3);
  } else {
    for (let i = 0; i < list.length; ++i) {
      const id = list[i];
      memory.setId(at + 8 * i, Number.isSafeInteger(id) ? id : checkedId(id, `${name}[${i}]`));
    }
  }
  return at;
}

// Lays strings out as char *[]; null and undefined are NULL where `optional`.
export function putTexts(memory, list, name, optional = false) {
  const at = memory.take(4 * list.length);
  for (let i = 0; i < list.length; ++i) {
    const text = list[i];
    if (optional && (text === null || text === undefined)) {
      memory.set(at + 4 * i, 0);
      continue;
    }
    if (typeof text !== 'string') {
      throw new TypeError(`${name}[${i}]: expected ${isId(text) ? 'only string keys or only ids' : 'a string'}, not ${shown(text)}`);
    }
    const place = memory.putText(text, `${name}[${i}]`);
    memory.set(at + 4 * i, place);
  }
  return at;
}

// Users or items: {count, ids, keys}, one of the two an address and the other 0 (both where there are
// none of either).
export function putKnown(memory, value, name) {
  const list = isOne(value) ? [value] : listOf(value, name);
  return isKey(list[0]) ? {count: list.length, ids: 0, keys: putTexts(memory, list, name)} :
      {count: list.length, ids: putIds(memory, list, name), keys: 0};
}

// Lists of users or items, one a query: {count, offsets, ids, keys}.
export function putLists(memory, lists, name) {
  const rows = listOf(lists, name, 'a list of lists, one a query'), flat = [], ends = [0];
  for (let i = 0; i < rows.length; ++i) {
    const row = rows[i];
    if (row !== null && row !== undefined) {
      if (isOne(row)) throw new TypeError(`${name}[${i}]: expected a list, not ${shown(row)}`);
      for (const one of listOf(row, `${name}[${i}]`)) flat.push(one);
    }
    ends.push(flat.length);
  }
  return {...putKnown(memory, flat, name), count: rows.length, offsets: putSizes(memory, ends)};
}

export function putSizes(memory, sizes) {
  const at = memory.take(4 * sizes.length);
  memory.u32.set(sizes, at >>> 2);
  return at;
}

// Numbers for the module; lists of lists end to end. {at, length}
export function putNumbers(memory, value, name, what = 'numbers') {
  let list = listOf(value, name, what);
  if (Array.isArray(list)) {
    if (list.some((one) => typeof one === 'object' && one !== null)) {
      list = list.flatMap((row, i) => Array.from(listOf(row, `${name}[${i}]`, what)));
    }
    const wrong = list.findIndex((one) => typeof one !== 'number');
    if (wrong >= 0) throw new TypeError(`${name}: expected ${what}, not ${shown(list[wrong])}`);
  } else if (list instanceof BigInt64Array || list instanceof BigUint64Array) {
    throw new TypeError(`${name}: expected ${what}, not ${shown(list)}`);
  }
  return {at: memory.putFloats(list), length: list.length};
}

export function wholeNumber(value, name, least, most = 0xffffffff) {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`${name}: expected a whole number, not ${shown(value)}`);
  }
  if (value < least || value > most) throw new RangeError(`${name}: ${value} is not from ${least} to ${most}`);
  return value;
}

export function plainNumber(value, name) {
  if (typeof value !== 'number') throw new TypeError(`${name}: expected a number, not ${shown(value)}`);
  return value;
}

export function oneOf(value, names, name) {
  const at = names.indexOf(value);
  if (at < 0) throw new TypeError(`${name}: expected ${names.map((one) => `'${one}'`).join(' or ')}, not ${shown(value)}`);
  return at;
}

// An object of options, of which no name is unknown: a misspelt one would be left out in silence.
export function checkedOptions(options, names, call) {
  if (options === undefined) return {};
  if (!isRecord(options)) throw new TypeError(`${call}: expected an object of options, not ${shown(options)}`);
  for (const name of Object.keys(options)) {
    if (!names.has(name)) throw new TypeError(`${call}: there is no option ${shown(name)}; there are ${[...names].join(', ')}`);
  }
  return options;
}

// Where results go: the caller's array, which must fit, or a new one.
export function outputFor(out, length) {
  if (out === undefined) return new Float32Array(length);
  if (!(out instanceof Float32Array)) throw new TypeError(`out: expected a Float32Array, not ${shown(out)}`);
  attached(out, 'out');
  if (out.length !== length) throw new RangeError(`out: expected ${length} numbers, not ${out.length}`);
  return out;
}
