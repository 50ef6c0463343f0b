// What Model, Context, Features and ItemSet hold together: an opened file in the module's memory, which
// goes when the last of them lets it go, by hand or by the garbage collector.
import {closedError} from './errors.js';
import {Attributes, inputsOf, modelInfoOf} from './info.js';
import {OpenOptions} from './structs.js';

const ALIGNMENT = 64;
const VERIFY = 2, PREPARE = 4;

// Bytes on their way into the module's memory, where a model can use them in place. Whoever made one
// releases it, or hands it to a Core.
export class Block {
  #memory;
  #block = 0;

  constructor(library, size) {
    this.#memory = library.memory;
    this.size = size;
    this.#block = library.memory.allocate(size + ALIGNMENT);
    this.at = Math.ceil(this.#block / ALIGNMENT) * ALIGNMENT;
  }
  put(bytes, offset = 0) { this.#memory.fresh().bytes.set(bytes, this.at + offset); }
  // Where bytes `offset` to the end go, until memory grows.
  room(offset, size) { return this.#memory.fresh().bytes.subarray(this.at + offset, this.at + offset + size); }
  release() {
    if (this.#block !== 0) this.#memory.release(this.#block);
    this.#block = 0;
  }
}

export class Core {
  #block;
  #holders = 0;

  // Takes the block over.
  constructor(library, block, {verify = false, prepare = false} = {}) {
    this.library = library;
    this.#block = block;
    this.model = 0;
    try {
      const memory = library.begin(), options = memory.struct(OpenOptions);
      memory.set(options + OpenOptions.flags, (verify ? VERIFY : 0) | (prepare ? PREPARE : 0));
      this.model = library.made('duomo_model_open_buffer', block.at, block.size, options);
      this.info = modelInfoOf(this);
      this.inputs = inputsOf(this);
      this.attributes = new Attributes(this);
    } catch (error) {
      this.#free();
      throw error;
    }
  }

  hold() {
    ++this.#holders;
    return this;
  }
  letGo() {
    if (--this.#holders === 0) this.#free();
  }
  #free() {
    if (this.library.broken) return;
    if (this.model !== 0) this.library.exports.duomo_model_release(this.model);
    this.model = 0;
    this.#block.release();
  }
}

const forgotten = new FinalizationRegistry((held) => held.end());

// One object of the module's and the hold on its core, both given back once.
class Held {
  constructor(core, address, release) {
    this.core = core.hold();
    this.address = address;
    this.release = release;
  }
  end() {
    if (this.address !== 0 && this.release !== undefined && !this.core.library.broken) {
      this.core.library.exports[this.release](this.address);
    }
    this.address = 0;
    this.core.letGo();
  }
}

// What people close: by close(), by `using`, or not at all, and then the garbage collector does it.
export class Closing {
  #held;
  #what;

  // what: for messages; release: the function of duomo.h that ends the object at `address`.
  constructor(what, core, address = 0, release = undefined) {
    this.#what = what;
    this.#held = new Held(core, address, release);
    forgotten.register(this, this.#held, this);
  }

  get closed() { return this.#held === undefined; }
  close() {
    if (this.#held === undefined) return;
    forgotten.unregister(this);
    this.#held.end();
    this.#held = undefined;
  }

  // For this package alone: the core, and the address; they throw once it is closed.
  get _core() { return this._open().core; }
  get _address() { return this._open().address; }
  _open() {
    if (this.#held === undefined) throw closedError(this.#what);
    return this.#held;
  }
}
if (Symbol.dispose) Closing.prototype[Symbol.dispose] = Closing.prototype.close;
