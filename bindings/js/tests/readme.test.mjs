// The README's program, as people paste it, and the same by require(): it prints what every language's does.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'node:test';

import {modelFile} from './common.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const readme = readFileSync(process.env.DUOMO_TEST_README, 'utf8');
const program = readme.match(/```js\n([\s\S]*?)```/)[1].replaceAll("'shop.duomo'", JSON.stringify(modelFile('shop')));
const wanted = readFileSync(process.env.DUOMO_TEST_SHOP, 'utf8');

for (const [name, text] of [['shop.mjs', program],
  ['shop.cjs', `(async () => {\n${program.replace(/^import (\{.*\}) from 'duomo';/, "const $1 = require('duomo');")}\n})();`]]) {
  test(name, () => {
    const folder = mkdtempSync(join(here, 'readme-'));
    try {
      writeFileSync(join(folder, name), text);
      const run = spawnSync(process.execPath, [join(folder, name)], {encoding: 'utf8'});
      assert.equal(run.stderr, '');
      assert.equal(run.stdout, wanted);
    } finally {
      rmSync(folder, {recursive: true});
    }
  });
}
