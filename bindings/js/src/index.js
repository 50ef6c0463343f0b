// The package's names: open() and load(), and what they give.
import {checkedOptions} from './arguments.js';
import {Context, Model} from './model.js';
import {Core} from './core.js';
import {DuomoError, shown} from './errors.js';
import {Features} from './features.js';
import {Hit, Hits, TopK} from './results.js';
import {ItemSet} from './sets.js';
import {startLibrary, version} from './library.js';
import {ModelSlot} from './slot.js';
import {packed} from './wasm.js';
import {readSource} from './source.js';
import {unpacked} from './module.js';

const OPEN = new Set(['verify', 'prepare', 'onProgress', 'signal']), LOAD = new Set(['wasm']);

// One instance of duomo.wasm, with memory of its own.
class Duomo {
  #library;
  constructor(library) { this.#library = library; }

  get version() { return this.#library.version; }
  get buildInfo() { return this.#library.buildInfo; }
  // After a defect in duomo.wasm nothing of its memory is trusted: load() another.
  get broken() { return this.#library.broken; }

  // The id that a string key has in every file.
  idOfKey(key) {
    if (typeof key !== 'string') throw new TypeError(`idOfKey: expected a string key, not ${shown(key)}`);
    const id = this.#library.exports.duomo_id_of_string(this.#library.begin().putText(key, 'key')), number = Number(id);
    return Number.isSafeInteger(number) ? number : id;
  }

  async open(source, options) {
    const {verify, prepare, onProgress: progress, signal} = checkedOptions(options, OPEN, 'open');
    if (progress !== undefined && typeof progress !== 'function') throw new TypeError(`open: onProgress: expected a function, not ${shown(progress)}`);
    const library = this.#library;
    library.begin();
    const block = await readSource(library, source, {progress, signal});
    const core = new Core(library, block, {verify, prepare});
    core.hold();
    try {
      return new Model(core);
    } finally {
      core.letGo();
    }
  }
}

async function load(options) {
  const {wasm} = checkedOptions(options, LOAD, 'load');
  if (wasm !== undefined) return new Duomo(await startLibrary(wasm));
  if (packed === undefined) throw new TypeError("duomo/slim has no duomo.wasm inside: load({wasm: fetch('duomo.wasm')}), then open() of what it gives");
  return new Duomo(await startLibrary(await unpacked(packed)));
}

let shared;  // what open() uses, loaded once

async function loaded() {
  shared ??= load();
  try {
    const duomo = await shared;
    if (!duomo.broken) return duomo;
  } catch (error) {
    shared = undefined;
    throw error;
  }
  shared = load();
  return shared;
}

async function open(source, options) {
  checkedOptions(options, OPEN, 'open');
  return (await loaded()).open(source, options);
}

export {Context, Duomo, DuomoError, Features, Hit, Hits, ItemSet, load, Model, ModelSlot, open, TopK, version};
