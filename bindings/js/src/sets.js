// Sets of items, made once and used by many calls.
import {checkedId, isKey, putKnown} from './arguments.js';
import {idOfKey, ITEM} from './catalogue.js';
import {Closing} from './core.js';
import {DuomoError, shown} from './errors.js';
import {putFilters} from './filters.js';

const ANY = 0, ALL = 1, NONE = 2;

export class ItemSet extends Closing {
  constructor(core, address) { super('item set', core, address, 'duomo_item_set_release'); }

  // How many items are in it.
  get size() { return Number(BigInt.asUintN(64, this._core.library.exports.duomo_item_set_count(this._address))); }
  has(item) {
    const core = this._core;
    if (isKey(item)) {
      const [id] = idOfKey(core, ITEM, [item]);
      return id !== null && this.has(id);
    }
    return core.library.exports.duomo_item_set_contains(this._address, BigInt(checkedId(item, 'item'))) === 1;
  }

  // New sets: what is in both, in either, in this one alone, in none of it.
  and(other) { return combined(ALL, this, other); }
  or(other) { return combined(ANY, this, other); }
  not() { return combined(NONE, this); }
  minus(other) {
    const rest = other.not();
    try {
      return this.and(rest);
    } finally {
      rest.close();
    }
  }
}

function combined(mode, ...sets) {
  const core = sets[0]._core, {library} = core, memory = library.begin(), at = memory.take(4 * sets.length);
  sets.forEach((set, i) => memory.set(at + 4 * i, addressOf(core, set, 'and, or')));
  return new ItemSet(core, library.made('duomo_item_set_combine', mode, at, sets.length));
}

// The address of a set that a call of this core's may use.
export function addressOf(core, set, name) {
  if (!(set instanceof ItemSet)) throw new TypeError(`${name}: expected an ItemSet of this package, not ${shown(set)}`);
  if (set._core !== core) {
    throw new DuomoError('DUOMO_INVALID_ARGUMENT', `${name}: this is a set of another model`, {kind: 'CONFLICT', argument: 'ALLOW'});
  }
  return set._address;
}

// Of ids or keys, or of the items for which the conditions hold, or of both; see Model.itemSet.
export function makeItemSet(core, items, where) {
  const {library} = core;
  if (items === undefined) return ofFilters(core, where);
  const {ids, keys, count} = putKnown(library.begin(), items, 'items');
  const listed = new ItemSet(core, library.made('duomo_item_set_from_ids', core.model, ids, keys, count));
  if (where === undefined) return listed;
  let both;
  try {
    both = ofFilters(core, where);
    return listed.and(both);
  } finally {
    both?.close();
    listed.close();
  }
}

function ofFilters(core, where) {
  const {library} = core, {at, count} = putFilters(library.begin(), where);
  return new ItemSet(core, library.made('duomo_item_set_from_filters', core.model, at, count));
}
