// Ids, keys and titles of users and items, and the items' attributes.
import {checkedId, isId, isKey, isOne, listOf, putIds, putTexts} from './arguments.js';
import {DuomoError, shown} from './errors.js';

export const USER = 0, ITEM = 1;
const NAMES = ['user', 'item'], MISSING = -(2n ** 63n);

// All ids, in the order of the file.
export function allIds({library, model, info}, scope) {
  const name = `duomo_${NAMES[scope]}_id_at`, count = scope === USER ? info.userCount : info.itemCount;
  const memory = library.begin(), out = memory.take(8), ids = new Array(count);
  for (let i = 0; i < count; ++i) {
    library.call(name, out, model, BigInt(i));
    ids[i] = memory.id(out);
  }
  return ids;
}

// The id of a key; of many, a list with null for those that the model does not have.
export function idOfKey({library, model}, scope, keys) {
  const memory = library.begin();
  if (isKey(keys)) {
    const out = memory.take(8);
    library.call(`duomo_${NAMES[scope]}_id_of_key`, out, model, memory.putText(keys, 'key'));
    return memory.id(out);
  }
  const list = listOf(keys, 'keys', 'a string key or a list of them'), at = idsOfKeys(library, model, scope, list, 'keys');
  return list.length === 0 ? [] : Array.from(list, (_, i) => unlessMissing(memory.id(at + 8 * i)));
}
const unlessMissing = (id) => id === -1 ? null : id;

function idsOfKeys(library, model, scope, list, name) {
  const {memory} = library, keys = putTexts(memory, list, name), at = memory.take(8 * list.length);
  library.call('duomo_ids_of_keys', at, model, scope, keys, list.length);
  return at;
}

// Users or items as ids in the module's memory, for calls that take no keys. Begin the call before.
// With `strict`, a key that the model does not have is an error; otherwise its id is -1.
export function putAsIds({library, model}, scope, value, name, strict = true) {
  const list = isOne(value) ? [value] : listOf(value, name);
  if (!isKey(list[0])) return {at: putIds(library.memory, list, name), count: list.length};
  const at = idsOfKeys(library, model, scope, list, name), {memory} = library;
  for (let i = 0; strict && i < list.length; ++i) {
    if (memory.id(at + 8 * i) === -1) {
      throw new DuomoError('DUOMO_NOT_FOUND', `${name}[${i}]: the model has no ${NAMES[scope]} ${shown(list[i])}`,
          {kind: 'UNKNOWN_ID', argument: `${NAMES[scope]}s`.toUpperCase(), position: i});
    }
  }
  return {at, count: list.length};
}

// The key of an id; of many, a list with null for those that the model does not have.
export function keyOfId(core, scope, ids) {
  const {library, model} = core, memory = library.begin();
  if (isId(ids)) {
    const out = memory.take(8);
    library.call(`duomo_${NAMES[scope]}_key`, out, model, BigInt(checkedId(ids, NAMES[scope])));
    return memory.textAt(out);
  }
  if (isKey(ids)) throw new TypeError(`${NAMES[scope]}: expected an id, not ${shown(ids)}`);
  const list = listOf(ids, 'ids', 'an id or a list of them');
  return texts(library, list.length, (out) => {
    library.call('duomo_keys_of_ids', out, model, scope, putIds(memory, list, 'ids'), list.length);
  });
}

function texts({memory}, count, call) {
  const out = memory.take(8 * count);
  call(out);
  return Array.from({length: count}, (_, i) => memory.textAt(out + 8 * i));
}

// The title of an item; of many, a list with null for those that the model does not have.
export function titleOf(core, items) {
  const {library, model} = core, memory = library.begin();
  if (isOne(items)) {
    const {at} = putAsIds(core, ITEM, items, 'items'), out = memory.take(8);
    library.call('duomo_item_title', out, model, memory.i64[at >>> 3]);
    return memory.textAt(out) ?? '';
  }
  const {at, count} = putAsIds(core, ITEM, items, 'items', false);
  return texts(library, count, (out) => library.call('duomo_item_titles', out, model, at, count));
}

// The values of items for an attribute: see Model.attribute.
export function attributeOf(core, name, items) {
  if (typeof name !== 'string') throw new TypeError(`attribute: expected a name, not ${shown(name)}`);
  if (isOne(items)) return attributeOf(core, name, [items])[0];
  const {library, model} = core, kind = core.attributes.kindOf(name), memory = library.begin();
  const {at, count} = putAsIds(core, ITEM, items, 'items', false), label = memory.putText(name, 'attribute');
  if (kind === 'category') {
    return texts(library, count, (out) => library.call('duomo_attribute_texts', out, model, label, at, count));
  }
  if (kind === 'set') return Array.from({length: count}, (_, i) => setAt(library, model, label, at + 8 * i));
  const values = memory.take(8 * count);
  if (kind === 'number') {
    library.call('duomo_attribute_numbers', values, model, label, at, count);
    return memory.f64.slice(values >>> 3, (values >>> 3) + count);
  }
  library.call('duomo_attribute_integers', values, model, label, at, count);
  return Array.from({length: count}, (_, i) => {
    const place = values + 8 * i;
    if (memory.i64[place >>> 3] === MISSING) return null;
    return kind === 'time' ? new Date(1000 * Number(memory.i64[place >>> 3])) : memory.id(place);
  });
}

function setAt(library, model, label, item) {
  const {memory} = library, count = memory.take(8), id = memory.i64[item >>> 3];
  library.call('duomo_attribute_set', count, 0, 0, model, label, id);
  const room = memory.u32[count >>> 2];
  return texts(library, room, (out) => {
    if (room > 0) library.call('duomo_attribute_set', count, out, room, model, label, id);
  });
}
