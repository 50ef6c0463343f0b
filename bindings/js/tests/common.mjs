// What the tests share. They run in a project that has the package installed: never on its sources.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';

import {DuomoError, open} from 'duomo';

export const models = process.env.DUOMO_TEST_MODELS, golden = process.env.DUOMO_TEST_GOLDEN;
assert(models && golden, 'DUOMO_TEST_MODELS and DUOMO_TEST_GOLDEN name folders');

export const bytesOf = (path) => new Uint8Array(readFileSync(path));
export const modelFile = (name) => `${models}/${name}.duomo`;
export const shop = () => open(modelFile('shop'));
export const bits = (floats) =>
    Array.from(new Uint32Array(Float32Array.from(floats).buffer), (x) => x.toString(16).padStart(8, '0'));

// The call throws a DuomoError with this code and these words; gives it back.
export function refuses(code, words, call) {
  let said;
  assert.throws(call, (error) => {
    said = error;
    assert(error instanceof DuomoError, `${error?.stack}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  });
  return said;
}
export async function rejects(code, words, promise) {
  const error = await promise.then(() => assert.fail('nothing was refused'), (cause) => cause);
  return refuses(code, words, () => { throw error; });
}
// The call throws this class of error with these words.
export function wrong(type, words, call) {
  assert.throws(call, (error) => {
    assert.equal(error?.constructor, type, error?.stack);
    assert.match(error.message, words);
    return true;
  });
}
