// loader_test.mjs WASM GOLDEN LAYOUT: bindings/js/loader.js and the module give the bits of the golden
// vectors, and errors in words. LAYOUT is what the program `layout` prints.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';

import {DuomoError, layout, load} from '../../bindings/js/loader.js';

const [wasm, golden, layoutFile] = process.argv.slice(2);
assert.deepEqual(layout, JSON.parse(readFileSync(layoutFile, 'utf8')));

const library = await load(readFileSync(wasm));
const read = (path) => new Uint8Array(readFileSync(`${golden}/${path}`));
// Ids beyond 2^53 stay whole as text.
const casesOf = (version) =>
    JSON.parse(readFileSync(`${golden}/${version}/vectors.json`, 'utf8').replace(/([^"\w.-])(-?\d{16,})/g, '$1"$2"')).cases;
const bits = (floats) => Array.from(new Uint32Array(floats.buffer), (x) => x.toString(16).padStart(8, '0'));

let checked = 0;
for (const version of ['v1', 'v2', 'v3', 'v4']) {
  for (const one of casesOf(version)) {
    if (one.call !== 'predict' && one.call !== 'topk') continue;
    const model = library.open(read(`${version}/good/${one.model}`));
    const of = (list) => list.map(BigInt);
    if (one.call === 'predict') {
      assert.deepEqual(bits(model.predict(of(one.users), of(one.items))), one.predictions);
    } else {
      const found = model.topk(of(one.users), {k: one.k, exclude: one.exclude.map(of)});
      assert.deepEqual(found.map(({ids}) => Array.from(ids, String)), one.ids.map((list) => list.map(String)));
      assert.deepEqual(found.map(({scores}) => bits(scores)), one.scores);
    }
    model.close();
    ++checked;
  }
}
assert(checked >= 20, `${checked} cases`);

const fails = (code, words, call) => assert.throws(call, (error) =>
    error instanceof DuomoError && error.code === code && (words.test(error.message) || assert.fail(error.message)));
const good = read('v1/good/cosine.duomo'), newer = good.slice();
newer[8] = newer[12] = 99;
fails('DUOMO_UNSUPPORTED_VERSION', /version 99.*use a newer Duomo/, () => library.open(newer));
fails('DUOMO_CORRUPT', /was cut off/, () => library.open(good.slice(0, good.length - 100)));
fails('DUOMO_CORRUPT', /not a .duomo file/, () => library.open(new TextEncoder().encode('<!doctype html>'.repeat(9))));
fails('DUOMO_OUT_OF_MEMORY', /no memory/, () => library.take(0xfffffff0));
const model = library.open(good);
fails('DUOMO_NOT_FOUND', /77/, () => model.predict([3, 77], [10, 10]));
try {
  model.predict([3, 77], [10, 10]);
} catch (error) {
  assert.equal(error.position, 1);
}
fails('DUOMO_INVALID_ARGUMENT', /no pairs/, () => model.predict([3], [10, 10]));
assert.deepEqual(bits(model.predict([3], [10])), ['40a00000']);  // it still works
model.close();
model.close();
fails('DUOMO_INVALID_ARGUMENT', /closed/, () => model.predict([3], [10]));

// Models come and go, and memory stays.
const before = library.exports.memory.buffer.byteLength;
for (let i = 0; i < 2000; ++i) library.open(good).close();
assert.equal(library.exports.memory.buffer.byteLength, before);

// Two libraries in one process know nothing of each other.
const other = await load(readFileSync(wasm));
assert.equal(other.version(), library.version());
const mine = other.open(good);
assert.deepEqual(bits(mine.predict([3], [10])), ['40a00000']);
console.log(`loader: ${checked} golden cases and the errors, duomo ${library.version()}`);
