// build.mjs WASM OUT: the npm package, as a folder ready for `npm pack`: the modules of src/ laid end to
// end as an ES module and as CommonJS, duomo.wasm beside them and inside. No dependencies.
import {copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const IMPORT = /^import \{([^}]+)\}\s+from '\.\/([\w/]+)\.js';\n/gm;
const SYSTEM_IMPORT = /^import \{([^}]+)\} from '([^.'][^']*)';\n/gm;

// The modules that `entry` needs, each before those that need it: {name, text, needs, gives}. Throws
// where two need each other: arrows go one way. `instead`: {module: the file in its place}.
export function modulesOf(folder, entry, instead = {}) {
  const done = new Map(), open = new Set();
  const visit = (name) => {
    if (done.has(name)) return;
    if (open.has(name)) throw new Error(`${[...open, name].join(' -> ')}: modules go round in a circle`);
    open.add(name);
    const text = readFileSync(join(folder, `${instead[name] ?? name}.js`), 'utf8'), needs = [];
    const body = text.replace(IMPORT, (_, names, from) => {
      visit(from);
      needs.push([from, names.split(',').map((one) => one.trim())]);
      return '';
    });
    for (const [from, names] of needs) {
      for (const [one] of names.map((words) => words.split(' '))) if (!done.get(from).gives.includes(one)) throw new Error(`${name}.js: ${from}.js exports no ${one}`);
    }
    const gives = [...body.matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm)].map((found) => found[1]);
    for (const list of body.matchAll(/^export const .*?;$/gm)) {  // export const A = 0, B = 1;
      for (const more of list[0].matchAll(/, ([A-Z_]+) = /g)) gives.push(more[1]);
    }
    for (const found of body.matchAll(/^export \{([^}]+)\};\n/gm)) gives.push(...found[1].split(',').map((one) => one.trim()));
    open.delete(name);
    done.set(name, {name, needs, gives, text: body.replace(/^export \{[^}]+\};\n/gm, '').replace(/^export /gm, '').trim()});
  };
  visit(entry);
  return [...done.values()];
}

// One script of all of them; each keeps its own scope. `head`: what the system gives, by its name.
export function together(modules, {system = () => ''} = {}) {
  return modules.map(({name, needs, gives, text}) => {
    const lines = needs.map(([from, names]) => `const {${names.map((one) => one.replace(' as ', ': ')).join(', ')}} = ${scopeOf(from)};`);
    const own = text.replace(SYSTEM_IMPORT, (_, names, from) => {
      lines.push(system(names.replace(/ as /g, ': '), from));
      return '';
    });
    return `// ${name}.js\nconst ${scopeOf(name)} = (() => {\n${[...lines, own.trim()].join('\n')}\nreturn {${gives.join(', ')}};\n})();\n`;
  }).join('\n');
}
export const scopeOf = (name) => `${basename(name)}_`;

export const packedWasm = (wasm) => gzipSync(wasm, {level: 9}).toString('base64');

function build(wasmFile, out) {
  const wasm = readFileSync(wasmFile), about = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  const src = join(here, 'src'), browser = modulesOf(src, 'index'), slim = modulesOf(src, 'index', {wasm: 'wasm_none'});
  const node = modulesOf(src, 'index', {files: 'files_node'});
  const {gives} = browser.at(-1), names = [...gives].sort();
  const said = readFileSync(join(src, 'library.js'), 'utf8').match(/version = '([^']+)'/)[1];
  if (said !== about.version) throw new Error(`src/library.js is of version ${said}, package.json of ${about.version}`);
  rmSync(out, {recursive: true, force: true});
  mkdirSync(join(out, 'dist'), {recursive: true});
  const write = (name, text) => writeFileSync(join(out, name), text);
  const title = `// duomo ${about.version}, ${about.license}. Made of bindings/js/src by build.mjs.\n`;
  const exported = `\nexport const {${names.join(', ')}} = ${scopeOf('index')};\n`;
  write('dist/duomo.js', `${title}import {packed as inside} from './wasm.js';\n\n${together(browser)}${exported}`);
  write('dist/slim.js', title + together(slim) + exported);
  const cjs = together(node, {system: (list, from) => `const {${list}} = require('${from}');`});
  write('dist/duomo.cjs', `'use strict';\n${title}const {packed: inside} = require('./wasm.cjs');\n\n${cjs}
const {${names.join(', ')}} = ${scopeOf('index')};
module.exports = {${names.join(', ')}};\n`);
  write('dist/node.js', `${title}// One copy of the code for import and require.
import duomo from './duomo.cjs';
export const {${names.join(', ')}} = duomo;\n`);
  const packed = packedWasm(wasm);
  write('dist/wasm.js', `export const packed = '${packed}';\n`);
  write('dist/wasm.cjs', `exports.packed = '${packed}';\n`);
  write('dist/duomo.wasm', wasm);
  for (const name of ['package.json', 'README.md', 'duomo.d.ts']) copyFileSync(join(here, name), join(out, name));
  copyFileSync(join(here, 'duomo.d.ts'), join(out, 'duomo.d.cts'));
  copyFileSync(join(here, '../../LICENSE'), join(out, 'LICENSE'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [wasm, out, ...more] = process.argv.slice(2);
  if (out === undefined || more.length > 0) {
    console.error('usage: build.mjs WASM OUT');
    process.exit(2);
  }
  build(wasm, out);
}
