// See bench beside this file.
import {readFileSync} from 'node:fs';
import {open} from 'duomo';
import ort from 'onnxruntime-web';

const K = 10, USERS = 256;
const dump = JSON.parse(readFileSync('model.json'));
const tensors = new Map(dump.tensors.map((one) => [one.name, one]));
const items = tensors.get('items/vectors'), [ITEMS, WIDTH] = items.shape;

// What the network is fed for rows of one side, as `duomo-convert export onnx` says: rows of vocabularies, -1 where a
// list is shorter than the longest.
function feedsOf(side, rows) {
  const feeds = {};
  for (const {name, scope} of dump.description.inputs) {
    if (scope !== side.slice(0, -1)) continue;
    const values = tensors.get(`${side}/features/${name}/rows`).values, offsets = tensors.get(`${side}/features/${name}/offsets`)?.values;
    const width = offsets ? Math.max(...rows.map((row) => offsets[row + 1] - offsets[row]), 1) : 1;
    const out = new BigInt64Array(rows.length * width).fill(-1n);
    rows.forEach((row, i) => {
      for (let j = 0, at = offsets ? offsets[row] : row, end = offsets ? offsets[row + 1] : row + 1; at < end; ++at, ++j) out[i * width + j] = BigInt(values[at]);
    });
    feeds[name] = new ort.Tensor('int64', out, offsets ? [rows.length, width] : [rows.length]);
  }
  return feeds;
}

// Just enough of protobuf for a graph: MatMul(user_vector [1, W], items [W, N]) and TopK.
function frozen() {
  const varint = (n) => { const out = []; for (; n > 127; n = Math.floor(n / 128)) out.push(n % 128 + 128); return Buffer.from([...out, n]); };
  const number = (field, n) => Buffer.concat([varint(field * 8), varint(n)]);
  const bytes = (field, value) => { const b = Buffer.from(value); return Buffer.concat([varint(field * 8 + 2), varint(b.length), b]); };
  const all = (...parts) => Buffer.concat(parts);
  const node = (op, inputs, outputs) => bytes(1, all(...inputs.map((one) => bytes(1, one)), ...outputs.map((one) => bytes(2, one)), bytes(4, op)));
  const tensor = (name, type, dims, raw) => bytes(5, all(...dims.map((one) => number(1, one)), number(2, type), bytes(8, name), bytes(9, raw)));
  const value = (field, name, type, dims) => bytes(field, all(bytes(1, name), bytes(2, bytes(1, all(number(1, type), bytes(2, all(...dims.map((one) => bytes(1, number(1, one))))))))));
  const turned = new Float32Array(ITEMS * WIDTH);
  for (let i = 0; i < ITEMS; ++i) for (let j = 0; j < WIDTH; ++j) turned[j * ITEMS + i] = items.values[i * WIDTH + j];
  const graph = all(node('MatMul', ['user_vector', 'items'], ['scores']), node('TopK', ['scores', 'k'], ['values', 'places']), bytes(2, 'g'),
      tensor('items', 1, [WIDTH, ITEMS], Buffer.from(turned.buffer)), tensor('k', 7, [1], Buffer.from(BigInt64Array.of(BigInt(K)).buffer)),
      value(11, 'user_vector', 1, [1, WIDTH]), value(12, 'values', 1, [1, K]), value(12, 'places', 7, [1, K]));
  return all(number(1, 8), bytes(7, graph), bytes(8, number(2, 17)));
}

function best(scores) {  // places of the K greatest, the greatest first
  const places = [];
  for (let i = 0; i < scores.length; ++i) {
    if (places.length === K && scores[i] <= scores[places[K - 1]]) continue;
    let at = places.length;
    while (at > 0 && scores[places[at - 1]] < scores[i]) --at;
    places.splice(at, 0, i);
    if (places.length > K) places.pop();
  }
  return places;
}

ort.env.wasm.numThreads = 1;
const session = (bytes) => ort.InferenceSession.create(bytes, {executionProviders: ['wasm'], graphOptimizationLevel: 'all'});
const network = await session(readFileSync('network.onnx')), tower = await session(readFileSync('user.onnx')), search = await session(frozen());
const everyItem = feedsOf('items', Array.from({length: ITEMS}, (_, i) => i));
const users = Array.from({length: USERS}, (_, i) => Math.floor(i * tensors.get('users/keys').shape[0] / USERS));
const fed = users.map((row) => feedsOf('users', [row]));

const model = await open('model.duomo'), ids = users.map((row) => model.userIds()[row]), itemIds = model.itemIds();
const features = fed.map((feeds) => {
  const rows = model.features('user', 1);
  for (const [name, {data}] of Object.entries(feeds)) rows.set(name, [model.inputValues(name)[Number(data[0])]]);
  return rows;
});

const ways = {
  'onnxruntime-web: the network as exported, all items': async (i) => best((await network.run({...fed[i], ...everyItem}, ['prediction'])).prediction.data),
  'onnxruntime-web: the user tower, then frozen items': async (i) => Array.from((await search.run({user_vector: (await tower.run(fed[i])).user_vector})).places.data, Number),
  'duomo: the user\'s features': (i) => model.topk({features: features[i], k: K}).at(0).map((hit) => itemIds.indexOf(hit.id)),
  'duomo: a user of the file': (i) => model.topk(ids[i], {k: K}).map((hit) => itemIds.indexOf(hit.id)),
};
const asked = {...ways,
  'duomo: the user\'s features': (i) => model.topk({features: features[i], k: K}),
  'duomo: a user of the file': (i) => model.topk(ids[i], {k: K})};

const wanted = await Promise.all(ids.map((_, i) => ways['duomo: a user of the file'](i)));
for (const [name, way] of Object.entries(ways)) {
  let same = 0;
  for (let i = 0; i < USERS; ++i) if ((await way(i)).every((place, n) => place === wanted[i][n])) ++same;
  console.log(`${name.padEnd(52)} the same ten for ${same} of ${USERS} users`);  // float sums in another order change places
}

const middle = (times) => times.sort((a, b) => a - b)[times.length >> 1];
async function time(call, calls) {
  const times = [];
  for (let i = 0; i < calls; ++i) {
    const begin = process.hrtime.bigint();
    await call(i % USERS);
    if (i >= calls / 20) times.push(Number(process.hrtime.bigint() - begin) / 1000);
  }
  return middle(times);
}
const rounds = 3, found = Object.fromEntries(Object.keys(asked).map((name) => [name, []]));
for (let round = 0; round < rounds; ++round) {
  for (const [name, call] of Object.entries(asked)) found[name].push(await time(call, name.includes('exported') ? 60 : 4000));
}
const duomo = Object.keys(asked).slice(2).map((name) => middle(found[name]));
for (const [name, times] of Object.entries(found)) {
  const value = middle(times);
  console.log(`${name.padEnd(52)} ${value.toFixed(1).padStart(9)} µs a call; ${duomo.map((one) => (value / one).toFixed(1).padStart(6)).join(' and ')} times Duomo's two`);
}
