// Model and Context: an opened file, and other ways to ask it.
import {checkedOptions, oneOf} from './arguments.js';
import {allIds, attributeOf, idOfKey, ITEM, keyOfId, titleOf, USER} from './catalogue.js';
import {Calls} from './calls.js';
import {makeFeatures} from './features.js';
import {inputValuesOf, metadataOf} from './info.js';
import {makeItemSet} from './sets.js';
import {ContextOptions} from './structs.js';

const CONTEXT = new Set(['unknown']), FEATURES = new Set(['strict']), ITEM_SET = new Set(['where']);
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

function makeContext(core, marks) {
  const {library} = core, memory = library.begin(), options = memory.struct(ContextOptions);
  memory.set(options + ContextOptions.unknown_ids, marks ? 1 : 0);
  return library.made('duomo_context_create', core.model, options);
}

function trim({_core: {library}, _address}) {
  library.begin();
  library.exports.duomo_context_trim(_address);
}

export class Model extends Calls {
  #info;
  #inputs;
  #attributes;

  // Of a Core, which it holds; made by open().
  constructor(core) {
    super('model', core, makeContext(core, false), 'duomo_context_release');
    this.#info = core.info;
    this.#inputs = core.inputs;
    this.#attributes = core.attributes.list;
  }

  get info() { return this.#info; }
  get inputs() { return this.#inputs; }
  get attributes() { return this.#attributes; }
  get metadata() { return metadataOf(this._core); }
  inputValues(name) { return inputValuesOf(this._core, name); }

  userIds() { return allIds(this._core, USER); }
  itemIds() { return allIds(this._core, ITEM); }
  userId(keys) { return idOfKey(this._core, USER, keys); }
  itemId(keys) { return idOfKey(this._core, ITEM, keys); }
  userKey(ids) { return keyOfId(this._core, USER, ids); }
  itemKey(ids) { return keyOfId(this._core, ITEM, ids); }
  title(items) { return titleOf(this._core, items); }
  attribute(name, items) { return attributeOf(this._core, name, items); }

  itemSet(items, options) {
    const alone = options === undefined && typeof items === 'object' && items !== null && 'where' in items;
    return makeItemSet(this._core, alone ? undefined : items, checkedOptions(alone ? items : options, ITEM_SET, 'itemSet').where);
  }
  features(scope, data, options) {
    return makeFeatures(this._core, scope, data, checkedOptions(options, FEATURES, 'features').strict === true);
  }
  context(options) { return new Context(this, options); }

  // Gives back the memory that an unusually large call has left.
  trim() { trim(this); }
  // Another Model of the same file, to be closed by itself.
  share() { return new Model(this._core); }

  [INSPECT]() {
    const {name, userCount, itemCount} = this.#info;
    return `Model('${name}', ${userCount} users, ${itemCount} items${this.closed ? ', closed' : ''})`;
  }
}

export class Context extends Calls {
  #info;
  #marks;

  constructor(model, options) {
    const {unknown = 'error'} = checkedOptions(options, CONTEXT, 'context'), marks = oneOf(unknown, ['error', 'mark'], 'unknown') === 1;
    super('context', model._core, makeContext(model._core, marks), 'duomo_context_release');
    this.#info = model.info;
    this.#marks = marks;
  }
  get info() { return this.#info; }
  get _marks() { return this.#marks; }
  trim() { trim(this); }
}
