// The model in use, swapped 40 times a second under four clients: none of their requests is lost or wrong.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setImmediate, setTimeout} from 'node:timers/promises';

import {ModelSlot, open} from 'duomo';

import {modelFile} from './common.mjs';

const SWAPS = 40, REQUESTS = 100_000, NAMES = ['shop', 'player'];

const best = (model) => JSON.stringify(model.topk(model.userIds()[2], {k: 5}).map(({id, score}) => [String(id), score]));

test('swaps under load', {timeout: 120_000}, async () => {
  const wanted = {}, names = new Map();
  for (const name of NAMES) {
    const model = await open(modelFile(name));
    wanted[model.info.fingerprint] = best(model);
    names.set(model.info.fingerprint, name);
    model.close();
  }
  const put = async (slot, name) => {
    const model = await open(modelFile(name));
    slot.set(model);
    model.close();
  };
  const first = await open(modelFile(NAMES[0])), slot = new ModelSlot(first);
  first.close();
  let asked = 0, wrong = 0, stop = false;
  const used = new Set();
  const client = async () => {
    while (!stop) {
      try {
        await slot.use(async (model) => {
          await setImmediate();  // so that a swap may come in between
          const {fingerprint} = model.info;
          used.add(names.get(fingerprint));
          if (best(model) !== wanted[fingerprint]) ++wrong;
        });
      } catch (error) {
        console.error(error);
        ++wrong;
      }
      ++asked;
    }
  };
  const clients = [client(), client(), client(), client()], begin = performance.now();
  for (let swap = 1; swap <= 3 * SWAPS || (asked < REQUESTS && swap <= 60 * SWAPS); ++swap) {
    await put(slot, NAMES[swap % 2]);
    await setTimeout(Math.max(begin + swap * 1000 / SWAPS - performance.now(), 0));
  }
  stop = true;
  await Promise.all(clients);
  console.log(`${asked} requests`);
  assert.equal(wrong, 0);
  assert.deepEqual([...used].sort(), [...NAMES].sort());
  slot.close();
});
