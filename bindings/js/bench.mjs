// See bench beside this file.
import {readFileSync, writeFileSync} from 'node:fs';

const ITEMS = 3883, USERS = 256, WIDTH = 200, RANK = 24, K = 10, CALLS = 4000;

// Vectors as trained towers have them: nearly all of it in a few directions.
function vectors(count, seed) {
  let state = seed;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  state = 7;
  const basis = Array.from({length: RANK * WIDTH}, normal);  // the same for both sides
  state = seed;
  const out = new Float32Array(count * WIDTH);
  for (let i = 0; i < count; ++i) {
    const inner = Array.from({length: RANK}, (_, r) => normal() / (1 + r / 4));
    for (let j = 0; j < WIDTH; ++j) {
      let sum = 0.02 * normal();
      for (let r = 0; r < RANK; ++r) sum += inner[r] * basis[r * WIDTH + j] / Math.sqrt(WIDTH);
      out[i * WIDTH + j] = sum;
    }
  }
  return out;
}
const users = vectors(USERS, 1), items = vectors(ITEMS, 2);

function fvecs(values) {
  const count = values.length / WIDTH, out = Buffer.alloc(count * (4 + 4 * WIDTH));
  for (let i = 0; i < count; ++i) {
    out.writeInt32LE(WIDTH, i * (4 + 4 * WIDTH));
    for (let j = 0; j < WIDTH; ++j) out.writeFloatLE(values[i * WIDTH + j], i * (4 + 4 * WIDTH) + 4 + 4 * j);
  }
  return out;
}

// Just enough of protobuf for a graph: MatMul(user [1, W], items [W, N]) and TopK.
function onnx() {
  const varint = (n) => { const out = []; for (; n > 127; n = Math.floor(n / 128)) out.push(n % 128 + 128); return Buffer.from([...out, n]); };
  const number = (field, n) => Buffer.concat([varint(field * 8), varint(n)]);
  const bytes = (field, value) => { const b = Buffer.from(value); return Buffer.concat([varint(field * 8 + 2), varint(b.length), b]); };
  const all = (...parts) => Buffer.concat(parts);
  const node = (op, inputs, outputs) => bytes(1, all(...inputs.map((one) => bytes(1, one)), ...outputs.map((one) => bytes(2, one)), bytes(4, op)));
  const tensor = (name, type, dims, raw) => bytes(5, all(...dims.map((one) => number(1, one)), number(2, type), bytes(8, name), bytes(9, raw)));
  const value = (field, name, type, dims) => bytes(field, all(bytes(1, name), bytes(2, bytes(1, all(number(1, type), bytes(2, all(...dims.map((one) => bytes(1, number(1, one))))))))));
  const turned = new Float32Array(items.length);
  for (let i = 0; i < ITEMS; ++i) for (let j = 0; j < WIDTH; ++j) turned[j * ITEMS + i] = items[i * WIDTH + j];
  const graph = all(node('MatMul', ['user', 'items'], ['scores']), node('TopK', ['scores', 'k'], ['values', 'places']), bytes(2, 'g'),
      tensor('items', 1, [WIDTH, ITEMS], Buffer.from(turned.buffer)), tensor('k', 7, [1], Buffer.from(BigInt64Array.of(BigInt(K)).buffer)),
      value(11, 'user', 1, [1, WIDTH]), value(12, 'values', 1, [1, K]), value(12, 'places', 7, [1, K]));
  return all(number(1, 8), bytes(7, graph), bytes(8, number(2, 17)));
}

const middle = (times) => times.sort((a, b) => a - b)[times.length >> 1];

if (process.argv[2] === 'write') {
  writeFileSync('users.fvecs', fvecs(users));
  writeFileSync('items.fvecs', fvecs(items));
  writeFileSync('model.onnx', onnx());
} else {
  const {open} = await import('duomo'), ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(readFileSync('model.onnx'), {executionProviders: ['wasm'], graphOptimizationLevel: 'all'});
  const plain = await open('model.duomo'), indexed = await open('indexed.duomo'), ids = plain.userIds();
  const asked = Array.from({length: USERS}, (_, i) => new ort.Tensor('float32', users.subarray(i * WIDTH, (i + 1) * WIDTH), [1, WIDTH]));
  const vector = (i) => users.subarray(i * WIDTH, (i + 1) * WIDTH);
  let same = 0;
  for (let i = 0; i < USERS; ++i) {
    const {places} = await session.run({user: asked[i]}), wanted = Array.from(places.data, Number), first = plain.itemIds()[0];
    const found = [plain.topk(ids[i], {k: K}), indexed.topk(ids[i], {k: K}), plain.topk({vector: vector(i), k: K})];
    if (found.every((hits) => hits.every((hit, n) => Number(hit.id) - Number(first) === wanted[n]))) ++same;
  }
  console.log(`the same ten for ${same} of ${USERS} users`);  // float sums in another order may change places
  const time = async (name, call) => {
    const times = [];
    for (let i = 0; i < CALLS + 200; ++i) {
      const begin = process.hrtime.bigint();
      await call(i % USERS);
      if (i >= 200) times.push(Number(process.hrtime.bigint() - begin) / 1000);
    }
    const value = middle(times);
    console.log(`${name.padEnd(34)} ${value.toFixed(1).padStart(8)} µs a call, the middle one of ${CALLS}`);
    return value;
  };
  for (let round = 0; round < 2; ++round) {
    const theirs = await time('onnxruntime-web, wasm, one thread', (i) => session.run({user: asked[i]}));
    const files = await time('duomo, a file with its index', (i) => indexed.topk(ids[i], {k: K}));
    const vectorsOnly = await time('duomo, by vector', (i) => indexed.topk({vector: vector(i), k: K}));
    const scanned = await time('duomo, a file without', (i) => plain.topk(ids[i], {k: K}));
    console.log(`ratios ${(theirs / files).toFixed(1)}, ${(theirs / vectorsOnly).toFixed(1)}, ${(theirs / scanned).toFixed(1)}`);
  }
}
