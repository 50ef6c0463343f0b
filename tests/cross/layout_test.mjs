// layout_test.mjs LAYOUT: bindings/js/src/structs.js has the fields where the program `layout`, whose output
// LAYOUT is, finds them in the header.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';

import * as structs from '../../bindings/js/src/structs.js';

const wanted = JSON.parse(readFileSync(process.argv[2], 'utf8'));
assert.deepEqual(JSON.parse(JSON.stringify(structs)), wanted);
console.log(`layout: ${Object.keys(wanted).length} structs`);
