// What a model can be asked, the same for Model and Context.
import {checkedOptions, isId, isOne, isRecord, outputFor, putIds, putKnown, putNumbers, checkedId} from './arguments.js';
import {ITEM, putAsIds, USER} from './catalogue.js';
import {Closing} from './core.js';
import {shown} from './errors.js';
import {Features, withFeatures} from './features.js';
import {askedFor, putRequest} from './requests.js';
import {Hits, Source, TopK} from './results.js';
import {RankRequest, TopkRequest, TopkResult} from './structs.js';

const RANK_USER_ID = 1;
const OUT = new Set(['out']), ENCODE = new Set(['scope', 'out']);
const RANK = new Set(['user', 'items', 'userFeatures', 'itemFeatures', 'pairs', 'history', 'out']);

// One row of features, which makes the results those of a single query.
const isRow = (features) => isRecord(features) && !(features instanceof Features);

export class Calls extends Closing {
  // For this package: the address of the duomo_context, and whether unknown ids are marked.
  get _context() { return this._address; }
  get _marks() { return false; }

  predict(users, items, options) {
    const context = this._context, core = this._core, {library} = core, memory = library.begin();
    if (isId(users) && isId(items) && options === undefined) {
      const at = memory.take(24);
      memory.setId(at, checkedId(users, 'users'));
      memory.setId(at + 8, checkedId(items, 'items'));
      library.call('duomo_predict', at + 16, context, at, at + 8, 1);
      return memory.f32[(at + 16) >>> 2];
    }
    const {out} = checkedOptions(options, OUT, 'predict'), single = isOne(users) && isOne(items);
    const u = this.#paired(core, USER, users, 'users'), i = this.#paired(core, ITEM, items, 'items');
    if (isOne(users)) repeat(memory, u, i.count);
    if (isOne(items)) repeat(memory, i, u.count);
    if (u.count !== i.count) throw new RangeError(`${u.count} users and ${i.count} items are no pairs`);
    const at = memory.take(4 * u.count);
    library.call('duomo_predict', at, context, u.at, i.at, u.count);
    if (single && out === undefined) return memory.f32[at >>> 2];
    return given(memory, at, outputFor(out, u.count));
  }
  #paired(core, scope, value, name) { return putAsIds(core, scope, value, name, !this._marks); }

  predictVectors(users, items, options) {
    const context = this._context, {library, info} = this._core, memory = library.begin(), width = info.vectorWidth;
    const {out} = checkedOptions(options, OUT, 'predictVectors');
    const u = putNumbers(memory, users, 'users'), i = putNumbers(memory, items, 'items');
    if (u.length !== i.length) throw new RangeError(`${u.length} numbers of users and ${i.length} of items`);
    const count = width > 0 ? u.length / width : 0;
    if (!Number.isInteger(count)) throw new RangeError(`users: ${u.length} numbers, where the model's vectors have ${width}`);
    const at = memory.take(4 * count);
    library.call('duomo_predict_vectors', at, context, u.at, i.at, count);
    return given(memory, at, outputFor(out, count));
  }

  topk(users, options) { return this.#search('topk', 'duomo_topk', users, options, USER, ITEM); }
  similar(items, options) { return this.#search('similar', 'duomo_similar', items, options, ITEM, ITEM); }
  usersFor(items, options) { return this.#search('usersFor', 'duomo_users_for', items, options, ITEM, USER); }
  similarUsers(users, options) { return this.#search('similarUsers', 'duomo_similar_users', users, options, USER, USER); }

  #search(call, name, asked, options, ofScope, toScope) {
    const context = this._context, core = this._core, {library} = core;
    const {queries, options: o} = askedFor(call, asked, options);
    const most = toScope === ITEM ? core.info.itemCount : core.info.userCount;
    return withFeatures(core, ofScope === USER ? 'user' : 'item', o.features, 'features', (features, rows) => {
      const memory = library.begin();
      const {request, count, k, single} = putRequest(core, {
        queries, name: ofScope === USER ? 'users' : 'items', options: o, most, rows: features === 0 ? undefined : rows,
        singleRow: isRow(o.features),
      });
      memory.set(request + TopkRequest.features, features);
      const result = memory.struct(TopkResult), ids = memory.take(8 * count * k), scores = memory.take(4 * count * k);
      const counts = memory.take(4 * count);
      memory.set(result + TopkResult.ids, ids);
      memory.set(result + TopkResult.scores, scores);
      memory.set(result + TopkResult.counts, counts);
      library.call(name, result, context, request);
      const source = new Source(this, toScope);
      return single ? new Hits(memory, ids, scores, memory.u32[counts >>> 2], source) :
          new TopK(memory, k, ids, scores, counts, count, source);
    });
  }

  encodeUsers(users, options) { return this.#encode('duomo_encode_users', USER, users, 'users', options); }
  encodeItems(items, options) { return this.#encode('duomo_encode_items', ITEM, items, 'items', options); }
  #encode(name, scope, value, argument, options) {
    const context = this._context, core = this._core, {library} = core, memory = library.begin();
    const {out} = checkedOptions(options, OUT, argument === 'users' ? 'encodeUsers' : 'encodeItems');
    const {at: ids, count} = this.#paired(core, scope, value, argument), length = count * core.info.vectorWidth;
    const at = memory.take(4 * length);
    library.call(name, at, context, ids, count);
    return given(memory, at, outputFor(out, length));
  }

  encode(features, options) {
    const context = this._context, core = this._core, {library} = core;
    const o = checkedOptions(options, ENCODE, 'encode');
    const scope = o.scope ?? (features instanceof Features ? features.scope : 'user');
    if (features === undefined || features === null) throw new TypeError(`encode: expected features, not ${shown(features)}`);
    return withFeatures(core, scope, features, 'features', (address, rows) => {
      const memory = library.begin(), length = rows * core.info.vectorWidth, at = memory.take(4 * length);
      library.call('duomo_encode_features', at, context, address);
      return given(memory, at, outputFor(o.out, length));
    });
  }

  rank(user, items, options) {
    const alone = options === undefined && isRecord(user);
    const o = alone ? checkedOptions(user, RANK, 'rank') : {...checkedOptions(options, RANK, 'rank'), user, items};
    const context = this._context, core = this._core, {library} = core;
    return withFeatures(core, 'user', o.userFeatures, 'userFeatures', (ofUser, userRows) =>
        withFeatures(core, 'item', o.itemFeatures, 'itemFeatures', (ofItems, itemRows) =>
            withFeatures(core, 'pair', o.pairs, 'pairs', (ofPairs, pairRows) => {
              const memory = library.begin(), request = memory.struct(RankRequest);
              const set = (field, value) => memory.set(request + field, value);
              if (ofUser !== 0 && userRows !== 1) throw new RangeError(`userFeatures: ${userRows} rows where one is needed`);
              set(RankRequest.user_features, ofUser);
              set(RankRequest.item_features, ofItems);
              set(RankRequest.pair_features, ofPairs);
              putUser(memory, request, o.user);
              let n = itemRows;
              if (o.items !== undefined) {
                const known = putKnown(memory, o.items, 'items');
                set(RankRequest.item_ids, known.ids);
                set(RankRequest.item_keys, known.keys);
                n = known.count;
              }
              if (ofPairs !== 0 && pairRows !== n) throw new RangeError(`pairs: ${pairRows} rows for ${n} items`);
              if (o.history !== undefined) {
                const known = putKnown(memory, o.history, 'history');
                set(RankRequest.history_ids, known.ids || (known.keys === 0 ? putIds(memory, [0], 'history') : 0));
                set(RankRequest.history_keys, known.keys);
                set(RankRequest.history_count, known.count);
              }
              set(RankRequest.n, n);
              const at = memory.take(4 * n);
              library.call('duomo_rank', at, context, request);
              return given(memory, at, outputFor(o.out, n));
            })));
  }
}

function putUser(memory, request, user) {
  if (user === undefined) return;
  if (typeof user === 'string') {
    const key = memory.putText(user, 'user');
    memory.set(request + RankRequest.user_key, key);
    return;
  }
  memory.setId(request + RankRequest.user_id, checkedId(user, 'user'));
  memory.set(request + RankRequest.flags, RANK_USER_ID);
}

// Makes the one id of `ids` stand for `count`.
function repeat(memory, ids, count) {
  if (count === 1) return;
  const at = memory.take(8 * count), id = memory.i64[ids.at >>> 3];
  memory.i64.fill(id, at >>> 3, (at >>> 3) + count);
  ids.at = at;
  ids.count = count;
}

function given(memory, at, out) {
  out.set(memory.f32.subarray(at >>> 2, (at >>> 2) + out.length));
  return out;
}
