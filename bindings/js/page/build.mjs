// page/build.mjs WASM OUT: the page without a model: page.html with style, script and duomo.wasm in it. What
// `duomo page` puts in place of {{SETTINGS}} and {{MODEL}} makes it whole. OUT ends in .html, or in .cc: the
// same as a C++ source, for the program.
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {modulesOf, packedWasm, scopeOf, together} from '../build.mjs';

const here = dirname(fileURLToPath(import.meta.url)), read = (name) => readFileSync(join(here, name), 'utf8');
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export function makePage(wasm) {
  const slim = together(modulesOf(join(here, '../src'), 'index', {wasm: 'wasm_none'}));
  const own = together(modulesOf(here, 'main'), {system: (names) => `const {${names}} = duomoSlim;`});
  const script = `const duomoSlim = (() => {\n${slim}\nreturn ${scopeOf('index')};\n})();\n\n${own}`;
  const style = read('page.css');
  if (/<\/?(script|style)|<!--/i.test(script + style)) throw new Error('the script or style would end its element');
  const policy = `default-src 'none'; script-src ${hash(script)} 'wasm-unsafe-eval'; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
  const parts = {POLICY: policy, STYLE: style, SCRIPT: script, WASM: packedWasm(wasm)};
  return read('page.html').replace(/\{\{(POLICY|STYLE|SCRIPT|WASM)\}\}/g, (_, name) => parts[name]);
}

// In pieces that every compiler takes as one literal.
function asSource(text) {
  const bytes = Buffer.from(text, 'utf8'), pieces = [];
  for (let at = 0; at < bytes.length; at += 16000) {
    const words = Array.from(bytes.subarray(at, at + 16000), (byte) => byte === 10 ? '\\n' : byte < 32 || byte > 126 || byte === 34 || byte === 92 || byte === 63 ?
        `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte)).join('');
    pieces.push(`    "${words.replace(/\\n(?=.)/g, '\\n"\n    "')}"sv,`);
  }
  return `// Made by bindings/js/page/build.mjs.
#include "page/template.h"

namespace duomo::page {

using std::string_view_literals::operator""sv;

namespace {
constexpr std::string_view kPieces[] = {
${pieces.join('\n')}
};
}  // namespace

std::span<const std::string_view> TemplatePieces() { return kPieces; }

}  // namespace duomo::page
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [wasm, out] = process.argv.slice(2), page = makePage(readFileSync(wasm));
  writeFileSync(out, out.endsWith('.cc') ? asSource(page) : page);
}
