// The model in use, replaced while requests that began with the one before go on.
import {DuomoError, shown} from './errors.js';
import {Model} from './model.js';

export class ModelSlot {
  #model;

  constructor(model) { this.set(model); }

  // Puts a model in, of which the slot has a reference of its own.
  set(model) {
    if (!(model instanceof Model)) throw new TypeError(`ModelSlot.set: expected a Model of this package, not ${shown(model)}`);
    const before = this.#model;
    this.#model = model.share();
    before?.close();
  }
  // The model that is in now, as a reference of the caller's own.
  get() {
    if (this.#model === undefined) throw new DuomoError('DUOMO_INVALID_ARGUMENT', 'the model slot is closed');
    return this.#model.share();
  }
  // What `work`, which may be async, returns for the model that is in now.
  async use(work) {
    const model = this.get();
    try {
      return await work(model);
    } finally {
      model.close();
    }
  }
  close() {
    this.#model?.close();
    this.#model = undefined;
  }
}
if (Symbol.dispose) ModelSlot.prototype[Symbol.dispose] = ModelSlot.prototype.close;
