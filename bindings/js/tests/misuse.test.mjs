// What callers without types do: every mistake is an error in words, none reaches the module.
import assert from 'node:assert/strict';
import test from 'node:test';

import {load, ModelSlot, open} from 'duomo';

import {bits, bytesOf, modelFile, refuses, rejects, shop, wrong} from './common.mjs';

test('values that are no ids', async () => {
  const model = await shop();
  wrong(TypeError, /users: an id is a whole number, not NaN/, () => model.predict(NaN, 1000));
  wrong(TypeError, /items: an id is a whole number, not 1.5/, () => model.predict(1, 1.5));
  wrong(TypeError, /an id is a whole number, not Infinity/, () => model.predict(1, Infinity));
  wrong(RangeError, /give a bigint/, () => model.predict(2 ** 53, 1000));
  wrong(RangeError, /does not fit in 64 bits/, () => model.predict(2n ** 63n, 1000));
  for (const [value, words] of [[undefined, 'undefined'], [null, 'null'], [{}, 'an object'], [true, 'true'], [() => {}, 'a function'],
    [Symbol('x'), 'a symbol'], [new Date(0), 'a value of type Date']]) {
    wrong(TypeError, new RegExp(`users: expected .*${words}`), () => model.predict(value, 1000));
    wrong(TypeError, /users\[1\]: expected an id/, () => model.predict([1, value], [1000, 1000]));
    wrong(TypeError, /topk: |users: /, () => model.topk(value));
    wrong(TypeError, /exclude/, () => model.topk(1, {exclude: [value]}));
  }
  wrong(TypeError, /users\[1\]: expected only string keys or only ids, not 1/, () => model.topk(['a', 1]));
  wrong(TypeError, /NUL/, () => model.topk('a\0b'));
  wrong(TypeError, /surrogate/, () => model.topk('a\ud800'));
  refuses('DUOMO_UNSUPPORTED', /integers/, () => model.topk('me'));
  refuses('DUOMO_UNSUPPORTED', /integers/, () => model.predict('me', 'it'));
  wrong(RangeError, /2 users and 1 items are no pairs/, () => model.predict([1, 2], [1000]));
  assert.equal(bits([model.predict(1, 1000)]).length, 1);  // it still works
});

test('options', async () => {
  const model = await shop(), other = await shop();
  wrong(TypeError, /there is no option "exlude"; there are k,/, () => model.topk(1, {exlude: [1000]}));
  wrong(TypeError, /an object of options, not 5/, () => model.topk(1, 5));
  wrong(TypeError, /k: expected a whole number, not "ten"/, () => model.topk(1, {k: 'ten'}));
  wrong(RangeError, /k: -1/, () => model.topk(1, {k: -1}));
  refuses('DUOMO_INVALID_ARGUMENT', /k is 0, must be at least 1/, () => model.topk(1, {k: 0}));
  wrong(TypeError, /k or kEach/, () => model.topk([1], {k: 1, kEach: [1]}));
  wrong(RangeError, /kEach: 1 for 2 queries/, () => model.topk([1, 2], {kEach: [1]}));
  wrong(RangeError, /excludeEach: 1 for 2 queries/, () => model.topk([1, 2], {excludeEach: [[1000]]}));
  wrong(TypeError, /excludeEach\[0\]: expected a list, not 1000/, () => model.topk([1], {excludeEach: [1000]}));
  wrong(TypeError, /minimumScore: expected a number, not "good"/, () => model.topk(1, {minimumScore: 'good'}));
  refuses('DUOMO_INVALID_ARGUMENT', /NaN/, () => model.topk(1, {minimumScore: NaN}));
  wrong(RangeError, /limits.brand: 0/, () => model.topk(1, {limits: {brand: 0}}));
  wrong(TypeError, /no condition "minimun"/, () => model.topk(1, {where: {price: {minimun: 1}}}));
  wrong(TypeError, /minimum or above, not both/, () => model.topk(1, {where: {price: {minimum: 1, above: 1}}}));
  wrong(TypeError, /give values, or the bounds/, () => model.topk(1, {where: {price: {}}}));
  wrong(TypeError, /where.price.minimum: expected a number/, () => model.topk(1, {where: {price: {minimum: '1'}}}));
  refuses('DUOMO_INVALID_ARGUMENT', /./, () => model.topk(1, {where: {price: {minimum: NaN}}}));
  wrong(TypeError, /where: expected an object/, () => model.topk(1, {where: ['x']}));
  wrong(TypeError, /allow: expected an ItemSet of this package/, () => model.topk(1, {allow: {}}));
  refuses('DUOMO_INVALID_ARGUMENT', /set of another model/, () => model.topk(1, {allow: other.itemSet([1000])}));
  wrong(TypeError, /topk: expected an id/, () => model.topk());
  wrong(TypeError, /history: expected a list/, () => model.topk({history: 7}));
  refuses('DUOMO_INVALID_ARGUMENT', /exactly one of ids/, () => model.topk(1, {vector: model.encodeUsers(1)}));
  wrong(RangeError, /vector: 3 numbers, where the model's vectors have 20/, () => model.topk({vector: [1, 2, 3]}));
  wrong(TypeError, /vector: expected numbers, not "x"/, () => model.topk({vector: Array(20).fill('x')}));
  refuses('DUOMO_INVALID_ARGUMENT', /NaN/i, () => model.topk({vector: new Float32Array(20).fill(NaN)}));
  wrong(RangeError, /historyWeights: 1 weights for 2/, () => model.topk({history: [1000, 1003], historyWeights: [1]}));
  wrong(TypeError, /unknown: expected 'error' or 'mark'/, () => model.context({unknown: 'maybe'}));
  wrong(TypeError, /scope: expected/, () => model.features('users', 2));
  wrong(RangeError, /plan: 1 values for 2 rows/, () => model.features('user', 2).set('plan', ['free']));
  wrong(TypeError, /age\[0\]: expected a whole number, not "x"/, () => model.features('user', {age: 'x'}));
  wrong(TypeError, /plan\[0\]: expected/, () => model.features('user', {plan: 7}));
  wrong(TypeError, /features of items, not of users/, () => model.topk({features: model.features('item', 1)}));
  wrong(RangeError, /out: expected 1 numbers, not 2/, () => model.predict([1], [1000], {out: new Float32Array(2)}));
  wrong(TypeError, /out: expected a Float32Array/, () => model.predict([1], [1000], {out: []}));
  await assert.rejects(open(modelFile('shop'), {verfy: true}), /there is no option "verfy"/);
});

test('detached buffers', async () => {
  const model = await shop(), gone = BigInt64Array.of(1n), vector = new Float32Array(20), out = new Float32Array(1);
  structuredClone([gone.buffer, vector.buffer, out.buffer], {transfer: [gone.buffer, vector.buffer, out.buffer]});
  wrong(TypeError, /users: its buffer is detached/, () => model.topk(gone));
  wrong(TypeError, /users: its buffer is detached/, () => model.predict(gone, [1000]));
  wrong(TypeError, /vector: its buffer is detached/, () => model.topk({vector}));
  wrong(TypeError, /out: its buffer is detached/, () => model.predict([1], [1000], {out}));
  const bytes = bytesOf(modelFile('shop'));
  structuredClone(bytes.buffer, {transfer: [bytes.buffer]});
  await assert.rejects(open(bytes), /detached/);
});

test('use after close', async () => {
  const model = await shop(), context = model.context(), features = model.features('user', {age: 25}), set = model.itemSet([1000, 1003]);
  const hits = model.topk(1), wanted = model.predict(1, 1000);
  model.close();
  model.close();
  assert(model.closed);
  for (const call of [() => model.predict(1, 1000), () => model.topk(1), () => model.encode(features), () => model.title(1000),
    () => model.context(), () => model.features('user', 2), () => model.itemIds(), () => model.itemSet([1000]), () => model.metadata,
    () => model.share(), () => model.trim(), () => hits[0].title]) {
    refuses('DUOMO_INVALID_ARGUMENT', /the model is closed/, call);
  }
  assert.equal(model.info.name, 'shop');
  // What was made before holds the file.
  assert.equal(context.predict(1, 1000), wanted);
  assert.equal(context.encode(features).length, 20);
  assert.equal(context.topk(1, {allow: set}).length, 2);
  for (const [what, one, call] of [['item set', set, () => context.topk(1, {allow: set})], ['features', features, () => context.encode(features)],
    ['context', context, () => context.predict(1, 1000)]]) {
    one.close();
    refuses('DUOMO_INVALID_ARGUMENT', new RegExp(`the ${what} is closed`), call);
  }
  refuses('DUOMO_INVALID_ARGUMENT', /closed/, () => set.size);
  if (Symbol.dispose) {
    const once = await shop();
    once[Symbol.dispose]();
    assert(once.closed);
  }
});

test('instances and versions know nothing of each other', async () => {
  const duomo = await load(), mine = await duomo.open(modelFile('shop')), shared = await shop();
  assert.equal(mine.predict(1, 1000), shared.predict(1, 1000));
  assert.match(duomo.buildInfo, /^duomo 0\.1\.0, portable/);
  refuses('DUOMO_INVALID_ARGUMENT', /another model/, () => shared.topk(1, {allow: mine.itemSet([1000])}));
  wrong(TypeError, /another library/, () => shared.encode(mine.features('user', 1)));
  // A second copy of the package's code, as another version in the same process would be.
  const {createRequire} = await import('node:module'), require = createRequire(import.meta.url), path = require.resolve('duomo');
  const before = require.cache[path];
  delete require.cache[path];
  const copy = require('duomo');
  require.cache[path] = before;
  assert.notEqual(copy.ItemSet, (await import('duomo')).ItemSet);
  const theirs = await copy.open(modelFile('shop'));
  assert.equal(theirs.predict(1, 1000), shared.predict(1, 1000));
  wrong(TypeError, /an ItemSet of this package/, () => shared.topk(1, {allow: theirs.itemSet([1000])}));
  assert.throws(() => new ModelSlot(theirs), /a Model of this package/);
});

test('modules that are not ours', async () => {
  await rejects('DUOMO_CORRUPT', /not duomo.wasm/, load({wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)}));
  await rejects('DUOMO_UNSUPPORTED', /cannot be compiled/, load({wasm: Uint8Array.of(1, 2, 3)}));
  await rejects('DUOMO_IO_ERROR', /404/, load({wasm: new Response('', {status: 404})}));
  await assert.rejects(load({wasm: 'duomo.wasm'}), /expected bytes/);
  // duomo.wasm of another version: the same one, with another number in its text.
  const {createRequire} = await import('node:module'), wasm = bytesOf(createRequire(import.meta.url).resolve('duomo/duomo.wasm'));
  const text = Buffer.from(wasm.buffer), other = Buffer.from(text);
  for (let at; (at = other.indexOf('0.1.0')) >= 0;) other.write('9.1.0', at);
  await rejects('DUOMO_UNSUPPORTED_VERSION', /is of version 9\.1\.0, the package of 0\.1\.0/, load({wasm: other}));
  const duomo = await load({wasm: await WebAssembly.compile(wasm)});
  assert.equal(duomo.version, '0.1.0');
});

test('an instance that trapped is not used again', async () => {
  const duomo = await load(), model = await duomo.open(modelFile('shop'));
  const breaking = {[Symbol.toPrimitive]() { throw new WebAssembly.RuntimeError('unreachable'); }};
  // No call of ours traps, so the trap is brought in where the engine converts an argument.
  const {call} = Object.getPrototypeOf(model._core.library);
  assert.throws(() => call.call(model._core.library, 'duomo_item_id_at', 0, 0, breaking), /stopped in duomo_item_id_at .*load\(\) it again/);
  assert(duomo.broken);
  refuses('DUOMO_INTERNAL', /stopped in/, () => model.predict(1, 1000));
  await rejects('DUOMO_INTERNAL', /stopped in/, duomo.open(modelFile('shop')));
  model.close();
  assert.equal((await shop()).predict(1, 1000) > 0, true);
});

test('the slot', async () => {
  const first = await shop(), slot = new ModelSlot(first);
  first.close();
  let working = 0, wrongs = 0;
  const wanted = await slot.use((model) => model.predict(1, 1000));
  const client = async () => {
    for (let i = 0; i < 200; ++i) {
      await slot.use(async (model) => {
        ++working;
        await new Promise((go) => setImmediate(go));
        if (model.predict(1, 1000) !== wanted) ++wrongs;
      });
    }
  };
  const swapping = (async () => { for (let i = 0; i < 40; ++i) { const next = await shop(); slot.set(next); next.close(); } })();
  await Promise.all([client(), client(), client(), client(), swapping]);
  assert.deepEqual([working, wrongs], [800, 0]);
  const last = slot.get();
  slot.close();
  slot.close();
  assert.equal(last.predict(1, 1000), wanted);
  last.close();
  refuses('DUOMO_INVALID_ARGUMENT', /slot is closed/, () => slot.get());
  wrong(TypeError, /expected a Model/, () => new ModelSlot({}));
});
