// `where`: which items may be results, by the values of attributes and inputs.
import {isId, isKey, isOne, isRecord, listOf, putIds, putTexts} from './arguments.js';
import {shown} from './errors.js';
import {FilterStruct as F} from './structs.js';

const MODES = ['any', 'all', 'none'];
const RANGE = 3, ABOVE_MINIMUM = 1, BELOW_MAXIMUM = 2, STRICT_VALUES = 4;
const BOUNDS = ['minimum', 'maximum', 'above', 'below'];
const NAMES = new Set([...MODES, ...BOUNDS, 'strict']);

// Lays the filters out: {at, count}.
export function putFilters(memory, where) {
  if (where === undefined || where === null) return {at: 0, count: 0};
  const filters = [];
  const wheres = isRecord(where) ? [where] : listOf(where, 'where', 'an object of conditions, or a list of them');
  for (const conditions of wheres) {
    if (!isRecord(conditions)) throw new TypeError(`where: expected an object of conditions, not ${shown(conditions)}`);
    for (const [name, condition] of Object.entries(conditions)) filters.push(...filtersOf(name, condition));
  }
  const at = memory.take(F.sizeof * filters.length);
  memory.bytes.fill(0, at, at + F.sizeof * filters.length);
  filters.forEach((filter, i) => putFilter(memory, at + F.sizeof * i, filter));
  return {at: filters.length === 0 ? 0 : at, count: filters.length};
}

// The filters of one condition: 'Drama', ['Drama', 'Crime'], {none: ['Horror']}, {minimum: 1990, below: 2000}.
function filtersOf(name, condition) {
  if (isOne(condition)) return [{name, mode: 0, values: [condition], flags: 0}];
  if (!isRecord(condition)) return [{name, mode: 0, values: listOf(condition, `where.${name}`, 'values, or an object of conditions'), flags: 0}];
  for (const word of Object.keys(condition)) {
    if (!NAMES.has(word)) throw new TypeError(`where.${name}: there is no condition ${shown(word)}; there are ${[...NAMES].join(', ')}`);
  }
  const flags = condition.strict ? STRICT_VALUES : 0, filters = [];
  MODES.forEach((mode, number) => {
    const values = condition[mode];
    if (values === undefined) return;
    filters.push({name, mode: number, values: isOne(values) ? [values] : listOf(values, `where.${name}.${mode}`), flags});
  });
  if (BOUNDS.some((bound) => condition[bound] !== undefined)) filters.push(rangeOf(name, condition, flags));
  if (filters.length === 0) throw new TypeError(`where.${name}: give values, or the bounds of a range`);
  return filters;
}

function rangeOf(name, condition, flags) {
  const [minimum, maximum, above, below] = BOUNDS.map((bound) => boundOf(condition[bound], `where.${name}.${bound}`));
  for (const [one, other, words] of [[minimum, above, 'minimum or above'], [maximum, below, 'maximum or below']]) {
    if (one !== undefined && other !== undefined) throw new TypeError(`where.${name}: give ${words}, not both`);
  }
  return {
    name, mode: RANGE, values: [],
    flags: flags | (above === undefined ? 0 : ABOVE_MINIMUM) | (below === undefined ? 0 : BELOW_MAXIMUM),
    minimum: minimum ?? above ?? -Infinity, maximum: maximum ?? below ?? Infinity,
  };
}

function boundOf(value, name) {
  if (value === undefined) return undefined;
  if (value instanceof Date) return value.getTime() / 1000;  // as the library has times
  if (!isId(value)) throw new TypeError(`${name}: expected a number or a Date, not ${shown(value)}`);
  return Number(value);
}

function putFilter(memory, at, {name, mode, values, flags, minimum = 0, maximum = 0}) {
  const label = memory.putText(name, 'where');
  const strings = isKey(values[0]), place = values.length === 0 ? 0 :
      strings ? putTexts(memory, values, `where.${name}`) : putIds(memory, values, `where.${name}`);
  memory.set(at, F.sizeof);
  memory.set(at + F.mode, mode);
  memory.set(at + F.input, label);
  memory.set(at + (strings ? F.strings : F.integers), place);
  memory.set(at + F.value_count, values.length);
  memory.set(at + F.flags, flags);
  memory.f64[(at + F.minimum) >>> 3] = minimum;
  memory.f64[(at + F.maximum) >>> 3] = maximum;
}
