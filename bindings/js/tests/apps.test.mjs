// Apps of people's: by Vite and by esbuild, in Chromium's window and worker under a strict policy, and in node.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {cpSync, copyFileSync, mkdirSync, readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {once} from 'node:events';
import {dirname, extname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {after, before} from 'node:test';

import {Chromium} from './chromium.mjs';
import {modelFile} from './common.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url))), apps = join(project, 'apps'), bin = join(project, 'node_modules/.bin');
const wanted = readFileSync(process.env.DUOMO_TEST_SHOP, 'utf8');
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm'};

let chromium;
before(() => {
  cpSync(join(project, 'tests/apps'), apps, {recursive: true});
  chromium = new Chromium();
});
after(() => chromium.close());

function run(program, ...words) {
  const done = spawnSync(program, words, {cwd: apps, encoding: 'utf8'});
  assert.equal(done.status, 0, `${done.stdout}${done.stderr}`);
  return done;
}

async function inChromium(folder) {
  copyFileSync(modelFile('shop'), join(folder, 'shop.duomo'));
  const server = createServer((request, response) => {
    const name = request.url === '/' ? '/index.html' : request.url;
    try {
      const bytes = readFileSync(join(folder, name));
      response.writeHead(200, {'content-type': TYPES[extname(name)] ?? 'application/octet-stream', 'content-length': bytes.length,
        'content-security-policy': POLICY});
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const tab = await chromium.tab();
    await tab.go(`http://127.0.0.1:${server.address().port}/`);
    const [inWindow, inWorker] = await tab.until('globalThis.results');
    assert.equal(inWindow, wanted);
    assert.equal(inWorker, wanted);
    assert.deepEqual(tab.said.filter((line) => !/favicon|404/.test(line)), []);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('an app by Vite', async () => {
  run(join(bin, 'vite'), 'build', '--outDir', 'by-vite', '--base', './', '--logLevel', 'warn');
  await inChromium(join(apps, 'by-vite'));
});

test('an app by esbuild', async () => {
  const out = join(apps, 'by-esbuild');
  run(join(bin, 'esbuild'), 'main.js', 'worker.js', '--bundle', '--format=esm', '--minify', `--outdir=${out}`, '--log-level=warning');
  copyFileSync(join(apps, 'index.html'), join(out, 'index.html'));
  await inChromium(out);
});

for (const [format, name] of [['esm', 'node.mjs'], ['cjs', 'node.cjs']]) {
  test(`a program by esbuild for node, ${format}`, () => {
    const main = format === 'esm' ? 'node.js' : 'shop.js', out = join(apps, 'by-esbuild-node', name);
    const more = format === 'esm' ? ["--banner:js=import{createRequire}from'node:module';const require=createRequire(import.meta.url);"] : [];
    run(join(bin, 'esbuild'), main, '--bundle', '--platform=node', `--format=${format}`, `--outfile=${out}`, '--log-level=warning', ...more);
    const program = format === 'esm' ? [out] : ['-e', `require(${JSON.stringify(out)}).shop(() => ${JSON.stringify(modelFile('shop'))}).then((said) => process.stdout.write(said))`];
    assert.equal(run(process.execPath, ...program).stdout, wanted);
  });
}

test('straight from node_modules, without a bundler', async () => {
  const plain = join(apps, 'plain');
  mkdirSync(plain, {recursive: true});
  for (const name of ['shop.js', 'worker.js', 'main.js', 'index.html']) copyFileSync(join(apps, name), join(plain, name));
  for (const name of ['duomo.js', 'wasm.js']) copyFileSync(join(project, 'node_modules/duomo/dist', name), join(plain, name));
  const {writeFileSync} = await import('node:fs');
  writeFileSync(join(plain, 'shop.js'), readFileSync(join(apps, 'shop.js'), 'utf8').replace("'duomo'", "'./duomo.js'"));
  await inChromium(plain);
});
