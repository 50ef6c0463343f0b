// A search in JavaScript's words, laid out as a duomo_topk_request.
import {attached, checkedOptions, isOne, isRecord, listOf, plainNumber, putKnown, putLists, putNumbers, putSizes, wholeNumber}
    from './arguments.js';
import {shown} from './errors.js';
import {putFilters} from './filters.js';
import {addressOf, ItemSet} from './sets.js';
import {LimitStruct, TopkRequest as R} from './structs.js';

const EXCLUDE_SEEN = 1, MINIMUM_SCORE = 2, APPROXIMATE = 4, ALLOW_LISTED = 8;

const SHARED = ['k', 'kEach', 'vector', 'vectors', 'features', 'exclude', 'excludeEach', 'allow', 'where', 'limits', 'minimumScore', 'probes'];
export const OPTIONS = {
  topk: new Set([...SHARED, 'history', 'histories', 'historyWeights', 'excludeSeen', 'allowEach']),
  similar: new Set([...SHARED, 'allowEach']),
  usersFor: new Set([...SHARED, 'excludeSeen']),
  similarUsers: new Set(SHARED),
};

// (queries?, options?) as {queries, options}: a search by vectors, features or histories has options alone.
export function askedFor(call, queries, options) {
  const alone = options === undefined && isRecord(queries) && !(queries instanceof ItemSet);
  const checked = checkedOptions(alone ? queries : options, OPTIONS[call], call);
  if (!alone) {
    if (queries === null || (queries === undefined && !givesQueries(checked))) {
      throw new TypeError(`${call}: expected an id, a string key or a list of them, not ${shown(queries)}`);
    }
  } else if (!givesQueries(checked)) {
    throw new TypeError(`${call}: ${shown(queries)} says neither features, vectors nor histories: give ids or keys, or one of these`);
  }
  return {queries: alone ? undefined : queries, options: checked};
}
const givesQueries = (o) => [o.vector, o.vectors, o.features, o.history, o.histories].some((one) => one !== undefined);

// Lays the request out but for its features: {request, count, k, single}. `name`: what the queries are; `most`: how many
// there are to find.
export function putRequest(core, {queries, name, options: o, most, rows, singleRow}) {
  const {memory} = core.library, request = memory.struct(R), set = (field, value) => memory.set(request + field, value);
  let flags = 0, count, single = false;
  if (queries !== undefined) {
    single = isOne(queries);
    const known = putKnown(memory, queries, name);
    count = known.count;
    set(R.ids, known.ids);
    set(R.keys, known.keys);
  }
  const wanted = vectorsOf(memory, o, core.info.vectorWidth);
  if (wanted !== undefined) {
    set(R.vectors, wanted.at);
    count ??= wanted.count;
    single ||= o.vector !== undefined;
  }
  if (rows !== undefined) {
    count ??= rows;
    single ||= singleRow;
  }
  const histories = historiesOf(memory, o);
  if (histories !== undefined) {
    set(R.history_offsets, histories.offsets);
    set(R.history_ids, histories.ids);
    set(R.history_keys, histories.keys);
    count ??= histories.count;
    single ||= o.history !== undefined && queries === undefined;
    sameCount(histories.count, count, 'histories');
  }
  if (o.historyWeights !== undefined) {
    const weights = putNumbers(memory, o.historyWeights, 'historyWeights');
    if (weights.length !== histories?.total) {
      throw new RangeError(`historyWeights: ${weights.length} weights for ${histories?.total ?? 0} items of histories`);
    }
    set(R.history_weights, weights.at);
  }
  set(R.count, count);
  const k = putPlaces(memory, request, o, count, most);
  putExcluded(memory, request, o, count);
  if (putAllowed(core, request, o, count)) flags |= ALLOW_LISTED;
  const filters = putFilters(memory, o.where), limits = putLimits(memory, o.limits);
  set(R.filters, filters.at);
  set(R.filter_count, filters.count);
  set(R.limits, limits.at);
  set(R.limit_count, limits.count);
  if (o.excludeSeen) flags |= EXCLUDE_SEEN;
  if (o.minimumScore !== undefined) {
    flags |= MINIMUM_SCORE;
    memory.f32[(request + R.minimum_score) >>> 2] = plainNumber(o.minimumScore, 'minimumScore');
  }
  if (o.probes !== undefined) {
    flags |= APPROXIMATE;
    set(R.probes, wholeNumber(o.probes, 'probes', 0));
  }
  set(R.flags, flags);
  return {request, count, k, single};
}

function sameCount(given, count, name) {
  if (given !== count) throw new RangeError(`${name}: ${given} for ${count} queries`);
}

// {at, count} of one vector or of many: flat, or a list of vectors.
function vectorsOf(memory, {vector, vectors}, width) {
  if (vector === undefined && vectors === undefined) return undefined;
  if (vector !== undefined && vectors !== undefined) throw new TypeError('give vector or vectors, not both');
  const name = vector !== undefined ? 'vector' : 'vectors', given = vector ?? vectors;
  if (ArrayBuffer.isView(given)) attached(given, name);
  const {at, length} = putNumbers(memory, given, name);
  const count = vector !== undefined ? 1 : width > 0 ? length / width : 0;
  if (!Number.isInteger(count) || (width > 0 && length !== count * width)) {
    throw new RangeError(`${name}: ${length} numbers, where the model's vectors have ${width}`);
  }
  return {at, count};
}

function historiesOf(memory, {history, histories}) {
  if (history === undefined && histories === undefined) return undefined;
  if (history !== undefined && histories !== undefined) throw new TypeError('give history or histories, not both');
  const lists = histories ?? [listOf(history, 'history')], put = putLists(memory, lists, history !== undefined ? 'history' : 'histories');
  return {...put, total: memory.u32[(put.offsets >>> 2) + put.count]};
}

// k, or the largest of kEach. No query has more results than there are, so they need no more memory than that.
function putPlaces(memory, request, {k, kEach}, count, most) {
  if (kEach === undefined) {
    const places = Math.min(wholeNumber(k ?? 10, 'k', 0, Number.MAX_SAFE_INTEGER), Math.max(most, 1));
    memory.set(request + R.k, places);
    return places;
  }
  if (k !== undefined) throw new TypeError('give k or kEach, not both');
  const each = Array.from(listOf(kEach, 'kEach', 'a list of numbers'), (one, i) => Math.min(wholeNumber(one, `kEach[${i}]`, 0, Number.MAX_SAFE_INTEGER), most));
  sameCount(each.length, count, 'kEach');
  const places = each.reduce((a, b) => Math.max(a, b), 1);
  memory.set(request + R.k, places);
  const at = putSizes(memory, each);
  memory.set(request + R.k_each, at);
  return places;
}

function putExcluded(memory, request, {exclude, excludeEach}, count) {
  if (exclude !== undefined && exclude !== null) {
    const {ids, keys, count: n} = putKnown(memory, exclude, 'exclude');
    memory.set(request + R.shared_exclude_ids, ids);
    memory.set(request + R.shared_exclude_keys, keys);
    memory.set(request + R.shared_exclude_count, n);
  }
  if (excludeEach !== undefined) {
    const {ids, keys, offsets, count: n} = putLists(memory, excludeEach, 'excludeEach');
    sameCount(n, count, 'excludeEach');
    memory.set(request + R.exclude_offsets, offsets);
    memory.set(request + R.exclude_ids, ids);
    memory.set(request + R.exclude_keys, keys);
  }
}

// True where a list says what alone may be found.
function putAllowed(core, request, {allow, allowEach}, count) {
  const {memory} = core.library;
  if (allowEach !== undefined) {
    const sets = listOf(allowEach, 'allowEach', 'a list of item sets'), at = memory.take(4 * sets.length);
    sameCount(sets.length, count, 'allowEach');
    sets.forEach((set, i) => memory.set(at + 4 * i, set === null || set === undefined ? 0 : addressOf(core, set, `allowEach[${i}]`)));
    memory.set(request + R.allow_sets, at);
  }
  if (allow === undefined || allow === null) return false;
  if (isRecord(allow)) {
    memory.set(request + R.allow_set, addressOf(core, allow, 'allow'));
    return false;
  }
  const {ids, keys, count: n} = putKnown(memory, allow, 'allow');
  memory.set(request + R.allow_ids, ids);
  memory.set(request + R.allow_keys, keys);
  memory.set(request + R.allow_count, n);
  return true;
}

function putLimits(memory, limits) {
  if (limits === undefined || limits === null) return {at: 0, count: 0};
  if (!isRecord(limits)) throw new TypeError(`limits: expected an object such as {artist: 2}, not ${shown(limits)}`);
  const entries = Object.entries(limits), at = memory.take(LimitStruct.sizeof * entries.length);
  entries.forEach(([name, most], i) => {
    const place = at + LimitStruct.sizeof * i, label = memory.putText(name, 'limits');
    memory.set(place, LimitStruct.sizeof);
    memory.set(place + LimitStruct.at_most, wholeNumber(most, `limits.${name}`, 1));
    memory.set(place + LimitStruct.input, label);
  });
  return {at: entries.length === 0 ? 0 : at, count: entries.length};
}
