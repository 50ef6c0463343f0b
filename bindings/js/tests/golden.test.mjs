// The vectors that every binding checks: the same calls, the same bits.
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import test from 'node:test';

import {open} from 'duomo';

import {bits, bytesOf, golden, rejects} from './common.mjs';

const versions = readdirSync(golden).filter((name) => /^v\d+$/.test(name));
// Ids beyond 2^53 stay whole as text.
const casesOf = (version) => JSON.parse(readFileSync(`${golden}/${version}/vectors.json`, 'utf8')
    .replace(/([^"\w.-])(-?\d{16,})/g, '$1"$2"')).cases;
const ids = (list) => list.map(BigInt);
const texts = (list) => Array.from(list, String);

function answer(model, one) {
  if (one.call === 'predict') return {predictions: bits(model.predict(ids(one.users), ids(one.items)))};
  if (one.call === 'encode_users') return {vectors: bits(model.encodeUsers(ids(one.ids)))};
  if (one.call === 'encode_items') return {vectors: bits(model.encodeItems(ids(one.ids)))};
  const found = model[one.call](ids(one.call === 'similar' ? one.items : one.users), {k: one.k, excludeEach: one.exclude.map(ids)});
  return {ids: [...found].map((hits) => texts(hits.ids)), scores: [...found].map((hits) => bits(hits.scores))};
}

test('every case has the same bits', async () => {
  let checked = 0;
  for (const version of versions) {
    for (const one of casesOf(version)) {
      const path = `${golden}/${version}/good/${one.model}`;
      for (const model of [await open(path), await open(bytesOf(path), {verify: true})]) {
        for (const asked of [model, model.context()]) {
          for (const [name, given] of Object.entries(answer(asked, one))) {
            const wanted = name === 'ids' ? one.ids.map((list) => list.map(String)) : one[name];
            assert.deepEqual(given, wanted, `${path}: ${one.call}: ${name}`);
          }
          asked.close();
        }
        model.close();
        ++checked;
      }
    }
  }
  assert(checked >= 98, `${checked} cases`);
});

test('single calls agree with batches', async () => {
  for (const version of versions) {
    const predicted = casesOf(version).find((one) => one.call === 'predict');
    const model = await open(`${golden}/${version}/good/${predicted.model}`);
    const single = predicted.users.map((user, i) => model.predict(BigInt(user), BigInt(predicted.items[i])));
    assert.deepEqual(bits(single), predicted.predictions);
    for (const user of new Set(predicted.users)) {
      const hits = model.topk(BigInt(user), {k: 100}), [same] = model.topk([BigInt(user)], {k: 100});
      assert.deepEqual(hits.ids, same.ids);
      assert.deepEqual(bits(hits.scores), bits(same.scores));
    }
    model.close();
  }
});

test('bad files are refused', async () => {
  let checked = 0;
  for (const version of versions) {
    for (const name of readdirSync(`${golden}/${version}/bad`).filter((one) => one.endsWith('.duomo'))) {
      const path = `${golden}/${version}/bad/${name}`;
      // inflation.duomo claims more than 32 bits can address.
      const code = {'newer.duomo': 'DUOMO_UNSUPPORTED_VERSION', 'inflation.duomo': 'DUOMO_OUT_OF_MEMORY'}[name] ?? 'DUOMO_CORRUPT';
      await rejects(code, /\w/, open(path, {verify: true}));
      await rejects(code, /\w/, open(bytesOf(path), {verify: true}));
      ++checked;
    }
  }
  assert(checked >= 26, `${checked} files`);
});
