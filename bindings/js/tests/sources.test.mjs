// Where models come from: files, downloads with progress, and everything that goes wrong on the way.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {once} from 'node:events';
import test from 'node:test';
import {pathToFileURL} from 'node:url';

import {open} from 'duomo';

import {bytesOf, golden, modelFile, models, rejects} from './common.mjs';

const file = bytesOf(modelFile('shop'));
const right = async (source, options) => {
  const model = await open(source, options);
  assert.equal(model.info.itemCount, 40);
  model.close();
};

test('bytes in every shape', async () => {
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  const shared = new Uint8Array(new SharedArrayBuffer(file.length));
  shared.set(file);
  for (const source of [file, file.buffer, shifted.subarray(3), new DataView(file.buffer), Buffer.from(file), shared, shared.buffer,
    new Blob([file]), new Blob([file]).stream(), new Response(file), Promise.resolve(file), Promise.resolve(new Response(file))]) {
    await right(source);
  }
  for (const source of [undefined, null, 7, {}, []]) await assert.rejects(open(source), TypeError);
});

test('files', async () => {
  await right(modelFile('shop'), {verify: true, prepare: true});
  await right(pathToFileURL(modelFile('shop')));
  await right(String(pathToFileURL(modelFile('shop'))));
  const error = await rejects('DUOMO_IO_ERROR', /cannot read ".*nowhere.duomo": there is no such file/, open(`${models}/nowhere.duomo`));
  assert.equal(error.cause.code, 'ENOENT');
  await rejects('DUOMO_IO_ERROR', /it is a folder/, open(models));
  for (const name of ['short', 'truncated', 'corrupt']) await rejects('DUOMO_CORRUPT', /\w/, open(modelFile(name)));
  const said = [];
  await right(modelFile('shop'), {onProgress: (progress) => said.push(progress)});
  assert.deepEqual(said.at(-1), {loaded: file.length, total: file.length});
});

async function serving(answer, use) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${server.address().port}/shop.duomo`);
  } finally {
    server.closeAllConnections?.();
    server.close();
  }
}
const inPieces = (response, bytes, size) => {
  for (let at = 0; at < bytes.length; at += size) response.write(bytes.subarray(at, at + size));
};

test('downloads, with progress', async () => {
  const {gzipSync} = await import('node:zlib'), packed = gzipSync(file);
  for (const [total, headers, body] of [[file.length, {'content-length': file.length}, file], [undefined, {}, file],
    [undefined, {'content-encoding': 'gzip', 'content-length': packed.length}, packed]]) {
    const said = [];
    await serving((_, response) => {
      response.writeHead(200, headers);
      inPieces(response, body, 5000);
      response.end();
    }, async (url) => {
      await right(url, {onProgress: (progress) => said.push(progress)});
      await right(fetch(url), {onProgress: (progress) => said.push(progress)});
    });
    assert.deepEqual(said.at(-1), {loaded: file.length, total});
    assert(said.every((one, i) => i === 0 || one.loaded > said[i - 1].loaded || said[i - 1].loaded === file.length));
  }
});

test('downloads that fail', async () => {
  await serving((_, response) => { response.writeHead(404); response.end('no'); }, async (url) => {
    await rejects('DUOMO_IO_ERROR', /shop.duomo": the server answered 404 Not Found/, open(url));
    await rejects('DUOMO_IO_ERROR', /404/, open(fetch(url)));
  });
  await serving((_, response) => { response.writeHead(200, {'content-type': 'text/html'}); response.end('<!doctype html>'); },
      (url) => rejects('DUOMO_CORRUPT', /sent a web page/, open(url)));
  await serving((_, response) => response.end('{"error": "nothing here, but a text that is long enough to be looked at as a file"}'),
      (url) => rejects('DUOMO_CORRUPT', /not a .duomo file/, open(url)));
  await serving((_, response) => {  // breaks off
    response.writeHead(200, {'content-length': file.length});
    response.write(file.subarray(0, 9000));
    setTimeout(() => response.destroy(), 100);
  }, (url) => rejects('DUOMO_IO_ERROR', /broke off after 9000 of 24022 bytes/, open(url)));
  await rejects('DUOMO_IO_ERROR', /cannot fetch "http:\/\/127.0.0.1:9\//, open('http://127.0.0.1:9/shop.duomo'));
  // Ended too early, or later than its length says, which an intermediary may cause.
  const response = (bytes, length) => new Response(bytes, {headers: {'content-length': String(length)}});
  await rejects('DUOMO_IO_ERROR', /ended after 100 of 24022 bytes/, open(response(file.subarray(0, 100), file.length)));
  await right(response(file, 100));
  await rejects('DUOMO_CORRUPT', /cut off/, open(file.subarray(0, file.length - 100)));
  const used = new Response(file);
  await used.arrayBuffer();
  await assert.rejects(open(used), /body has been read already/);
  await rejects('DUOMO_IO_ERROR', /it broke off after 0 bytes \(lost\)/, open(new ReadableStream({pull() { throw new Error('lost'); }})));
  await assert.rejects(open(new ReadableStream({start(to) { to.enqueue('text'); to.close(); }})), /not Uint8Arrays/);
});

test('downloads that somebody ends', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(open(file, {signal}), /enough/);
  const control = new AbortController();
  await serving((_, response) => { response.writeHead(200); response.write(file.subarray(0, 9000)); }, async (url) => {
    await assert.rejects(open(url, {signal: control.signal, onProgress: () => control.abort(new Error('enough'))}), /enough/);
  });
});

test('newer files and other bad ones', async () => {
  const newer = bytesOf(`${golden}/v1/good/cosine.duomo`);
  newer[8] = newer[12] = 99;
  await rejects('DUOMO_UNSUPPORTED_VERSION', /version 99.*use a newer Duomo/, open(newer));
  await rejects('DUOMO_UNSUPPORTED_VERSION', /newer/, open(modelFile('newer')));
  await rejects('DUOMO_CORRUPT', /not a .duomo file/, open(new TextEncoder().encode('<!doctype html>'.repeat(9))));
  await rejects('DUOMO_CORRUPT', /\w/, open(new Uint8Array(0)));
});
