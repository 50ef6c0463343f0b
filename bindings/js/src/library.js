// One instance of duomo.wasm: its memory, its errors, calls that throw.
import {DuomoError, errorOf} from './errors.js';
import {Memory} from './memory.js';
import {compile, start} from './module.js';
import {ErrorStruct as E} from './structs.js';

export const version = '0.1.0';  // build.mjs holds it to package.json

const NO_POSITION = 0xffffffff;

export class Library {
  #error;
  #broken;

  constructor(exports) {
    this.exports = exports;
    this.memory = new Memory(exports);
    this.#error = this.memory.allocate(E.sizeof);
    this.memory.bytes.fill(0, this.#error, this.#error + E.sizeof);
    this.memory.set(this.#error, E.sizeof);
  }

  get version() { return this.memory.fresh().cText(this.exports.duomo_version()); }
  get buildInfo() { return this.memory.fresh().cText(this.exports.duomo_build_info()); }
  get broken() { return this.#broken !== undefined; }

  // Begins a call; see Memory.
  begin() {
    if (this.#broken !== undefined) throw this.#broken;
    return this.memory.begin();
  }

  // Calls a function whose last parameter is a duomo_error *, and throws what it says.
  call(name, ...given) {
    let status;
    try {
      status = this.exports[name](...given, this.#error);
    } catch (cause) {  // a trap: nobody knows what its memory holds now
      this.#broken = new DuomoError('DUOMO_INTERNAL',
          `duomo.wasm stopped in ${name} (${cause.message}) and cannot be used any more: please report this, and load() it again`, {cause});
      throw this.#broken;
    }
    this.memory.fresh();
    if (status !== 0) throw this.#said(status);
  }

  #said(status) {
    const {memory} = this, at = this.#error, low = memory.u32[(at + E.position) >>> 2];
    return errorOf(status, memory.cText(at + E.message, E.kind - E.message), memory.i32[(at + E.kind) >>> 2],
        memory.i32[(at + E.argument) >>> 2], low === NO_POSITION ? undefined : low);
  }

  // Calls a function whose first parameter takes the address of what it makes.
  made(name, ...given) {
    const out = this.memory.take(4);
    this.call(name, out, ...given);
    return this.memory.u32[out >>> 2];
  }
}

// A library of its own from what compile() takes.
export async function startLibrary(wasm) {
  const library = new Library(await start(await compile(wasm)));
  if (library.version !== version) {
    throw new DuomoError('DUOMO_UNSUPPORTED_VERSION',
        `wasm: this duomo.wasm is of version ${library.version}, the package of ${version}: take both from one package`);
  }
  return library;
}
