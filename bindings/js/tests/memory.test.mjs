// Memory: it stays flat, it ends in words, and what nobody closes is given back. With node --expose-gc.
import assert from 'node:assert/strict';
import test from 'node:test';

import {load} from 'duomo';

import {bytesOf, modelFile, refuses, rejects} from './common.mjs';

const file = bytesOf(modelFile('shop'));
const sizeOf = (model) => model._core.library.exports.memory.buffer.byteLength;

test('models, sets and calls come and go', async () => {
  const duomo = await load(), kept = await duomo.open(file);
  const round = async () => {
    const model = await duomo.open(file), set = model.itemSet([1000, 1003]);
    model.topk(1, {k: 20, allow: set, where: {brand: {none: ['x']}}});
    model.encode({plan: 'paid'});
    refuses('DUOMO_NOT_FOUND', /77/, () => model.predict([3, 77], [1000, 1000]));
    set.close();
    model.close();
  };
  for (let i = 0; i < 50; ++i) await round();
  const before = sizeOf(kept);
  for (let i = 0; i < 3000; ++i) await round();
  assert.equal(sizeOf(kept), before);
  await assert.rejects(duomo.open(file.subarray(0, 5000)));
  for (let i = 0; i < 2000; ++i) await duomo.open(file.subarray(0, 5000)).catch(() => {});
  assert.equal(sizeOf(kept), before);
});

test('a million calls', async () => {
  const duomo = await load(), model = await duomo.open(file), wanted = model.predict(3, 1006);
  const before = sizeOf(model);
  let same = 0;
  for (let i = 0; i < 1_000_000; ++i) same += model.predict(3, 1006) === wanted ? 1 : 0;
  assert.equal(same, 1_000_000);
  assert.equal(sizeOf(model), before);
});

test('large batches while memory grows', async () => {
  const duomo = await load(), model = await duomo.open(file), before = sizeOf(model), n = 1 << 21;
  const users = new BigInt64Array(n).fill(3n), items = new BigInt64Array(n).fill(1006n);
  const found = model.predict(users, items);
  assert(sizeOf(model) > before);
  assert(found.every((one) => one === found[0]) && found[0] === model.predict(3, 1006));
  const many = model.topk(users.subarray(0, 100_000), {k: 20});
  assert.deepEqual(many.at(-1).ids, model.topk(3, {k: 20}).ids);
});

test('what nobody closed', async () => {
  assert(globalThis.gc, 'run with --expose-gc');
  const duomo = await load(), kept = await duomo.open(file);
  const drop = async () => {
    for (let i = 0; i < 200; ++i) {
      const model = await duomo.open(file);
      model.itemSet([1000]).has(1000);
      model.features('user', {plan: 'paid'});
      model.context().topk(1);
    }
    globalThis.gc();
    await new Promise((go) => setTimeout(go, 20));
  };
  for (let i = 0; i < 3; ++i) await drop();
  const before = sizeOf(kept);
  for (let i = 0; i < 10; ++i) await drop();
  assert(sizeOf(kept) <= before * 1.2, `${before} bytes, then ${sizeOf(kept)}`);
  assert.equal(kept.topk(1).length, 10);
});

test('out of memory', async () => {
  const duomo = await load(), model = await duomo.open(file), {exports} = model._core.library, taken = [];
  refuses('DUOMO_OUT_OF_MEMORY', /no memory for 8589934592 more bytes/, () => model._core.library.memory.allocate(2 ** 33));
  for (let size = 2 ** 30; size >= 4096; size /= 2) {
    for (let at; (at = exports.malloc(size)) !== 0;) taken.push(at);
  }
  await rejects('DUOMO_OUT_OF_MEMORY', /no memory|memory/, duomo.open(file));
  refuses('DUOMO_OUT_OF_MEMORY', /memory/, () => model.predict(new BigInt64Array(1 << 20), new BigInt64Array(1 << 20)));
  for (const at of taken) exports.free(at);
  assert(model.topk(1).length === 10);
  (await duomo.open(file)).close();
});
