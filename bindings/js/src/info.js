// What a model says of itself: sizes, inputs, attributes, metadata.
import {DuomoError} from './errors.js';
import {AttributeInfo, InputInfo, ModelInfoStruct as M} from './structs.js';

export const HEADS = ['cosine', 'dot', 'logistic'];
export const SCOPES = ['user', 'item', 'pair'];
export const INPUT_KINDS = ['category', 'categorySet', 'text', 'history', 'number'];
export const KEYS = ['range', 'integer', 'string'];
export const ATTRIBUTE_KINDS = ['category', 'set', 'integer', 'number', 'time'];

export function modelInfoOf({library, model}) {
  const memory = library.begin(), at = memory.struct(M);
  library.call('duomo_model_get_info', at, model);
  const i32 = (field) => memory.i32[(at + field) >>> 2], f32 = (field) => memory.f32[(at + field) >>> 2];
  return Object.freeze({
    name: memory.textAt(at + M.name) ?? '',
    unit: memory.textAt(at + M.unit) ?? '',
    head: HEADS[i32(M.head)],
    userCount: memory.count(at + M.user_count),
    itemCount: memory.count(at + M.item_count),
    vectorWidth: memory.count(at + M.vector_width),
    inputCount: memory.count(at + M.input_count),
    attributeCount: memory.count(at + M.attribute_count),
    metadataCount: memory.count(at + M.metadata_count),
    fileSize: memory.count(at + M.file_size),
    hasUserVectors: i32(M.has_user_vectors) !== 0,
    hasHistory: i32(M.has_history) !== 0,
    hasTitles: i32(M.has_titles) !== 0,
    stringKeys: Object.freeze({user: hasStringKeys(library, model, 0), item: hasStringKeys(library, model, 1)}),
    minimumOutput: f32(M.minimum_output),
    maximumOutput: f32(M.maximum_output),
    fingerprint: BigInt.asUintN(64, memory.i64[(at + M.fingerprint) >>> 3]),
  });
}

function hasStringKeys(library, model, scope) {
  try {
    library.call('duomo_keys_of_ids', 0, model, scope, 0, 0);
    return true;
  } catch (error) {
    if (error.code === 'DUOMO_UNSUPPORTED') return false;
    throw error;
  }
}

export function inputsOf({library, model, info}) {
  const inputs = [];
  for (let i = 0; i < info.inputCount; ++i) {
    const memory = library.begin(), at = memory.struct(InputInfo);
    library.call('duomo_model_get_input', at, model, BigInt(i));
    inputs.push(Object.freeze({
      name: memory.textAt(at + InputInfo.name),
      scope: SCOPES[memory.i32[(at + InputInfo.scope) >>> 2]],
      kind: INPUT_KINDS[memory.i32[(at + InputInfo.kind) >>> 2]],
      keys: KEYS[memory.i32[(at + InputInfo.keys) >>> 2]],
      vocabularySize: memory.count(at + InputInfo.vocabulary_size),
    }));
  }
  return Object.freeze(inputs);
}

export class Attributes {
  constructor({library, model, info}) {
    const list = [];
    for (let i = 0; i < info.attributeCount; ++i) {
      const memory = library.begin(), at = memory.struct(AttributeInfo);
      library.call('duomo_model_get_attribute', at, model, BigInt(i));
      list.push(Object.freeze({
        name: memory.textAt(at + AttributeInfo.name),
        kind: ATTRIBUTE_KINDS[memory.i32[(at + AttributeInfo.kind) >>> 2]],
        valueCount: memory.count(at + AttributeInfo.value_count),
      }));
    }
    this.list = Object.freeze(list);
  }
  kindOf(name) {
    const found = this.list.find((one) => one.name === name);
    if (found === undefined) throw unknownName('attribute', name, this.list);
    return found.kind;
  }
}

export function unknownName(what, name, list) {
  return new DuomoError('DUOMO_NOT_FOUND', `there is no ${what} ${JSON.stringify(name)}; there are ${
      list.map((one) => one.name).join(', ') || 'none'}`, {kind: 'UNKNOWN_NAME', argument: 'NAME'});
}

export function metadataOf({library, model, info}) {
  const entries = [];
  for (let i = 0; i < info.metadataCount; ++i) {
    const memory = library.begin(), texts = memory.take(16);
    library.call('duomo_model_metadata_at', texts, texts + 8, model, BigInt(i));
    entries.push([memory.textAt(texts), memory.textAt(texts + 8) ?? '']);
  }
  return Object.fromEntries(entries);
}

// The values that an input knows: strings, or ids.
export function inputValuesOf({library, model, inputs}, name) {
  const at = inputs.findIndex((one) => one.name === name);
  if (at < 0) throw unknownName('input', name, inputs);
  const strings = inputs[at].keys === 'string' && inputs[at].kind !== 'history', values = [];
  // Numbers have no values, which the library says at the first.
  for (let i = 0; i < Math.max(inputs[at].vocabularySize, 1); ++i) {
    const memory = library.begin(), out = memory.take(16);
    library.call('duomo_model_get_input_value', strings ? out : 0, strings ? 0 : out + 8, model, BigInt(at), BigInt(i));
    values.push(strings ? memory.textAt(out) ?? '' : memory.id(out + 8));
  }
  return values;
}
