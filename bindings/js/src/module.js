// duomo.wasm, compiled and started.
import {DuomoError, shown} from './errors.js';

// Compiles what a host gives: bytes, a response of fetch() or a promise of it, a module that it has
// compiled already. Throws DuomoError where it is no module or the engine is too old for it.
export async function compile(given) {
  const source = await given;
  if (source instanceof WebAssembly.Module) return source;
  let bytes = source;
  if (typeof source?.arrayBuffer === 'function') {
    if (source.ok === false) {
      throw new DuomoError('DUOMO_IO_ERROR', `wasm: ${source.url}: the server answered ${source.status} ${source.statusText}`.trimEnd());
    }
    bytes = await source.arrayBuffer();
  }
  if (!(bytes instanceof ArrayBuffer) && !ArrayBuffer.isView(bytes)) {
    throw new TypeError(`wasm: expected bytes, a response of fetch() or a WebAssembly.Module, not ${shown(bytes)}`);
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const old = supportsWhatItNeeds() ? '' :
        ': this engine lacks SIMD or exceptions of WebAssembly; Chrome 95, Firefox 113, Safari 16.4 and node 18 have them';
    throw new DuomoError('DUOMO_UNSUPPORTED', `duomo.wasm cannot be compiled${old} (${cause.message})`, {cause});
  }
}

// A module that uses both: an empty try of exceptions around i32x4.splat.
const PROBE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 14, 1, 12, 0, 6, 64, 65, 0, 253, 17, 26,
  25, 11, 11];
const supportsWhatItNeeds = () => WebAssembly.validate(new Uint8Array(PROBE));

// The exports of a new instance, which has memory of its own.
export async function start(module) {
  const imports = {};
  for (const {module: from, name} of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = name === 'emscripten_notify_memory_growth' ? () => {} : () => {
      throw new WebAssembly.RuntimeError(`duomo.wasm called ${name}`);
    };
  }
  const {exports} = await WebAssembly.instantiate(module, imports);
  if (typeof exports.duomo_version !== 'function' || typeof exports._initialize !== 'function') {
    throw new DuomoError('DUOMO_CORRUPT', 'wasm: this module is not duomo.wasm');
  }
  exports._initialize();
  return exports;
}

// The bytes of the module that the package carries, from what build.mjs made of them: gzip in base64.
export async function unpacked(base64) {
  const text = atob(base64), packed = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}
