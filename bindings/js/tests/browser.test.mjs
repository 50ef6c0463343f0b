// What goes wrong in a browser, in Chromium: newer files, downloads that end early, no memory left.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import test, {after, before} from 'node:test';
import {fileURLToPath} from 'node:url';

import {Chromium} from './chromium.mjs';
import {bytesOf, modelFile} from './common.mjs';

const file = bytesOf(modelFile('shop')), dist = fileURLToPath(new URL('../node_modules/duomo/dist/', import.meta.url));
const script = (name) => ({type: 'text/javascript', body: readFileSync(dist + name)});
const ANSWERS = {
  '/': {type: 'text/html', body: '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>bad files</title>'},
  '/duomo.js': script('duomo.js'),
  '/wasm.js': script('wasm.js'),
  '/shop.duomo': {body: file},
  '/newer.duomo': {body: bytesOf(modelFile('newer'))},
  '/half.duomo': {body: file.subarray(0, file.length / 2)},  // as somebody stored it
  '/broken.duomo': {body: file.subarray(0, 9000), length: file.length, breaks: true},
  '/vast.duomo': {body: file, length: 2 ** 33, breaks: true},
  '/page.duomo': {type: 'text/html', body: '<!doctype html>Please sign in'},
};

let chromium, server, tab;
before(async () => {
  server = createServer(({url}, response) => {
    const {type = 'application/octet-stream', body, length = body?.length, breaks} = ANSWERS[url] ?? {};
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {'content-type': type, 'content-length': length});
    response.write(body);
    if (breaks) setTimeout(() => response.destroy(), 100);
    else response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  chromium = new Chromium();
  tab = await chromium.tab();
  await tab.go(`http://127.0.0.1:${server.address().port}/`);
  await tab.until("document.title === 'bad files'");
});
after(async () => {
  await chromium?.close();
  server.closeAllConnections();
  server.close();
});

// The body of a function of the package's names, run in the page: what it returns, or its error in words.
const inPage = (body) => tab.value(`import('./duomo.js').then(async ({load, open}) => {
  try { ${body} } catch (error) { return error.code + ': ' + error.message; }
})`);

test('a good file', async () => {
  assert.equal(await inPage("return (await open('shop.duomo')).info.itemCount"), 40);
});

for (const [name, said] of [
  ['newer', /^DUOMO_UNSUPPORTED_VERSION: .*version 99 and this Duomo reads up to version \d.*use a newer Duomo/],
  ['half', /^DUOMO_CORRUPT: .*cut off/],
  ['broken', new RegExp(`^DUOMO_IO_ERROR: .*broken.duomo": it broke off after \\d+ of ${file.length} bytes.*load it again`)],
  ['vast', /^DUOMO_OUT_OF_MEMORY: there is no memory for \d{10} more bytes/],
  ['page', /^DUOMO_CORRUPT: .*the server sent a web page/],
  ['nowhere', /^DUOMO_IO_ERROR: .*the server answered 404/],
]) {
  test(name, async () => assert.match(await inPage(`await open('${name}.duomo'); return 'nothing'`), said));
}

test('out of memory, and enough again', async () => {
  const [opened, asked, later] = await inPage(`
    const duomo = await load(), bytes = await (await fetch('shop.duomo')).arrayBuffer(), model = await duomo.open(bytes);
    const {exports} = model._core.library, taken = [], wrong = (error) => error.code + ': ' + error.message;
    for (let size = 2 ** 30; size >= 4096; size /= 2) {
      for (let at; (at = exports.malloc(size)) !== 0;) taken.push(at);
    }
    const opened = await duomo.open(bytes).then(() => 'nothing', wrong);
    let asked = 'nothing';
    try { model.predict(new BigInt64Array(1 << 20), new BigInt64Array(1 << 20)); } catch (error) { asked = wrong(error); }
    for (const at of taken) exports.free(at);
    return [opened, asked, (await duomo.open(bytes)).topk(3, {k: 5}).length + model.topk(3, {k: 5}).length];`);
  assert.match(opened, /^DUOMO_OUT_OF_MEMORY: .*memory/);
  assert.match(asked, /^DUOMO_OUT_OF_MEMORY: there is no memory for \d+ more bytes/);
  assert.equal(later, 10);
});
