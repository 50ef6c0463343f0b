// cost.mjs MODEL [raw]: as cost.c, by the npm package; or, with `raw`, by the functions of duomo.wasm themselves, which
// is what a call costs before the package's part of it.
import {open} from 'duomo';

const [, , file, raw] = process.argv, model = await open(file);
const CALLS = 640, REPETITIONS = 600, N = 4096;
const users = BigInt64Array.from({length: N}, (_, i) => BigInt(i % 12 + 1)), items = BigInt64Array.from({length: N}, (_, i) => BigInt(1000 + 3 * (i % 40)));
const pairs = Array.from({length: CALLS}, (_, i) => [Number(users[i % 64]), Number(items[i % 64])]), out = new Float32Array(N);

function nanoseconds(work, count) {
  const begin = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - begin) / count;
}
function least(repetitions, work, count) {
  let best = Infinity;
  for (let i = 0; i < repetitions; ++i) best = Math.min(best, nanoseconds(work, count));
  return best;
}

let one, batch, top;
if (raw) {
  const {library} = model._core, {exports, memory} = library, context = model._context, error = memory.allocate(528);
  const u = memory.allocate(8 * N), i = memory.allocate(8 * N), o = memory.allocate(4 * N);
  memory.set(error, 528);
  memory.i64.set(users, u >>> 3);
  memory.i64.set(items, i >>> 3);
  one = least(REPETITIONS, () => { for (let k = 0; k < CALLS; ++k) exports.duomo_predict(o, context, u + 8 * (k % 64), i + 8 * (k % 64), 1, error); }, CALLS);
  batch = least(200, () => exports.duomo_predict(o, context, u, i, N, error), N);
  const request = memory.allocate(124), result = memory.allocate(28), ids = memory.allocate(80 * N), scores = memory.allocate(40 * N), counts = memory.allocate(4 * N);
  memory.bytes.fill(0, request, request + 124);
  memory.bytes.fill(0, result, result + 28);
  for (const [at, value] of [[request, 124], [request + 8, N], [request + 12, u], [request + 32, 10], [result, 28], [result + 8, ids], [result + 12, scores], [result + 16, counts]]) memory.set(at, value);
  top = least(40, () => { if (exports.duomo_topk(result, context, request, error) !== 0) throw new Error('topk'); }, N);
} else {
  one = least(REPETITIONS, () => { for (const [user, item] of pairs) model.predict(user, item); }, CALLS);
  batch = least(200, () => model.predict(users, items, {out}), N);
  top = least(40, () => model.topk(users, {k: 10}), N);
}
console.log(`${one.toFixed(2)} ${batch.toFixed(3)} ${top.toFixed(2)}`);
