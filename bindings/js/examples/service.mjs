// A small recommender behind HTTP: what it answers is in bindings/service/README.md.
//
//   node service.mjs FILE PORT
import {createServer} from 'node:http';

import {DuomoError, ModelSlot, open} from 'duomo';

const [, , file, port] = process.argv;
const first = await open(file), slot = new ModelSlot(first);
first.close();  // the slot has a reference of its own
const counts = {requests: 0, errors: 0, swaps: 0, seconds: 0};

class BadRequest extends Error {}

function integer(query, name, otherwise) {
  const text = query.get(name) ?? otherwise;
  if (text === undefined) throw new BadRequest(`there is no ${name}`);
  if (!/^-?\d+$/.test(text)) throw new BadRequest(`${name}: an integer is needed, not ${JSON.stringify(text)}`);
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : BigInt(text);
}
const k = (query) => integer(query, 'k', '10');

const pages = {
  'GET /recommend': (model, query) => ({
    hits: model.topk(integer(query, 'user'), {k: k(query), excludeSeen: query.get('exclude_seen') === '1'}),
  }),
  'GET /similar': (model, query) => ({hits: model.similar(integer(query, 'item'), {k: k(query)})}),
  'GET /predict': (model, query) => ({prediction: model.predict(integer(query, 'user'), integer(query, 'item'))}),
  'POST /newcomer': (model, query, features) => ({hits: model.topk({features, k: k(query)})}),
};

async function bodyOf(request) {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return request.method === 'POST' ? JSON.parse(text) : undefined;
}

// Puts another model in; requests under way end with the one before.
async function swap({file: next}) {
  if (typeof next !== 'string') throw new BadRequest('there is no file');
  const model = await open(next);
  slot.set(model);
  ++counts.swaps;
  return model;
}

async function answer(request) {
  const url = new URL(request.url, 'http://localhost'), asked = `${request.method} ${url.pathname}`;
  const body = await bodyOf(request);
  const model = asked === 'POST /swap' ? await swap(body) : slot.get();  // a reference of this request's own
  try {
    if (asked !== 'POST /swap' && !Object.hasOwn(pages, asked)) throw new BadRequest(`there is no page ${url.pathname}`);
    const found = pages[asked]?.(model, url.searchParams, body);
    // Written before the model is closed: hits look their titles up when they are asked.
    return JSON.stringify({model: model.info.fingerprint.toString(16).padStart(16, '0'), ...found});
  } finally {
    model.close();
  }
}

function statusOf(error) {
  if (error instanceof DuomoError) return error.code === 'DUOMO_NOT_FOUND' || error.cause?.code === 'ENOENT' ? 404 : 400;
  if (error instanceof BadRequest || error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError) return 400;
  throw error;
}

async function serve(request, response) {
  const begin = performance.now();
  let status = 200, text;
  try {
    text = await answer(request);
  } catch (error) {
    status = statusOf(error);
    text = JSON.stringify({error: error.message});
    ++counts.errors;
  }
  ++counts.requests;
  counts.seconds += (performance.now() - begin) / 1000;
  response.writeHead(status, {'Content-Type': 'application/json'}).end(text);
}

const metrics = () => Object.entries(counts).map(([name, value]) => `duomo_${name}_total ${value}\n`).join('');

createServer((request, response) => {
  if (request.url === '/metrics') response.writeHead(200, {'Content-Type': 'text/plain'}).end(metrics());
  else serve(request, response);
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
