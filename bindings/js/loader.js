// duomo.wasm in JavaScript, in browsers and in node: what a package for people stands on. The module's
// functions are those of duomo.h; here are its memory, its errors, models, predictions and top-k.
// A Library and all that comes of it belong to one thread: give a worker its own.

// Where fields lie on wasm32; tests/cross/layout.c says the same from the header.
export const layout = {
  error: {size: 528, status: 4, message: 8, kind: 512, argument: 516, position: 520},
  topk_request: {size: 124, flags: 4, count: 8, ids: 12, k: 32, exclude_offsets: 36, exclude_ids: 40},
  topk_result: {size: 28, ids: 8, scores: 12, counts: 16},
};
const messageSize = 504, alignment = 64;
export const EXCLUDE_SEEN = 1;

export class DuomoError extends Error {
  constructor(name, status, message, numbers = {}) {
    super(message);
    this.name = 'DuomoError';
    this.code = name;  // 'DUOMO_NOT_FOUND'
    this.status = status;
    Object.assign(this, numbers);  // kind, argument, position
  }
}

async function compile(source) {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source === 'string' || source instanceof URL) {
    const url = new URL(source, import.meta.url);
    if (url.protocol === 'file:') {
      const {readFile} = await import('node:fs/promises');
      source = await readFile(url);
    } else {
      source = await fetch(url);
    }
  }
  if (typeof Response !== 'undefined' && source instanceof Response) {
    if (!source.ok) throw new Error(`cannot load ${source.url}: ${source.status} ${source.statusText}`);
    source = await source.arrayBuffer();
  }
  return WebAssembly.compile(source);
}

// The library from the URL of duomo.wasm, a response of fetch(), its bytes, or a compiled module.
export async function load(source = new URL('duomo.wasm', import.meta.url)) {
  const module = await compile(source);
  const imports = {};
  for (const {module: from, name} of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = name === 'emscripten_notify_memory_growth' ? () => {} : () => {
      throw new WebAssembly.RuntimeError(`duomo.wasm called ${name}`);
    };
  }
  return new Library(await WebAssembly.instantiate(module, imports));
}

export class Library {
  constructor(instance) {
    this.exports = instance.exports;
    this.exports._initialize();
    this.error = this.take(layout.error.size);
  }

  get view() { return new DataView(this.exports.memory.buffer); }  // memory may have grown

  // Memory of the module's, zeros; free() gives it back.
  take(size) {
    const at = this.exports.malloc(size || 1) >>> 0;
    if (at === 0) throw new DuomoError('DUOMO_OUT_OF_MEMORY', 3, `there is no memory for ${size} bytes`);
    new Uint8Array(this.exports.memory.buffer, at, size).fill(0);
    return at;
  }
  free(at) { this.exports.free(at); }

  // A copy of a typed array in the module's memory.
  put(array) {
    const at = this.take(array.byteLength);
    new Uint8Array(this.exports.memory.buffer, at, array.byteLength)
        .set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return at;
  }
  // A copy of what lies in the module's memory.
  get(Type, at, length) { return new Type(this.exports.memory.buffer.slice(at, at + length * Type.BYTES_PER_ELEMENT)); }

  text(at) {
    const bytes = new Uint8Array(this.exports.memory.buffer, at);
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  }
  version() { return this.text(this.exports.duomo_version()); }

  // Calls a function whose last parameter is a duomo_error*; throws what it says.
  call(name, ...given) {
    const e = layout.error;
    this.view.setUint32(this.error, e.size, true);
    const status = this.exports[name](...given, this.error);
    if (status === 0) return;
    const view = this.view, at = this.error;
    const bytes = new Uint8Array(this.exports.memory.buffer, at + e.message, messageSize);
    const end = bytes.indexOf(0);
    const position = view.getBigUint64(at + e.position, true);
    throw new DuomoError(
        this.text(this.exports.duomo_status_name(status)), status,
        new TextDecoder().decode(bytes.slice(0, end < 0 ? messageSize : end)), {
          kind: view.getInt32(at + e.kind, true), argument: view.getInt32(at + e.argument, true),
          position: position === 0xffffffffffffffffn ? undefined : Number(position),
        });
  }

  // The address that a call writes to the first parameter.
  made(name, ...given) {
    const out = this.take(4);
    try {
      this.call(name, out, ...given);
      return this.view.getUint32(out, true);
    } finally {
      this.free(out);
    }
  }

  // A model from the bytes of a .duomo file, which are copied into the module's memory once.
  open(bytes) { return new Model(this, bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes); }
}

const ids = (list) => list instanceof BigInt64Array ? list : BigInt64Array.from(list, BigInt);

export class Model {
  constructor(library, bytes) {
    this.library = library;
    this.bytes = library.take(bytes.byteLength + alignment);
    try {
      const at = Math.ceil(this.bytes / alignment) * alignment;
      new Uint8Array(library.exports.memory.buffer, at, bytes.byteLength).set(bytes);
      this.model = library.made('duomo_model_open_buffer', at, bytes.byteLength, 0);
      this.context = library.made('duomo_context_create', this.model, 0);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close() {
    if (this.context) this.library.exports.duomo_context_release(this.context);
    if (this.model) this.library.exports.duomo_model_release(this.model);
    if (this.bytes) this.library.free(this.bytes);
    this.context = this.model = this.bytes = 0;
  }

  #alive() {
    if (!this.context) throw new DuomoError('DUOMO_INVALID_ARGUMENT', 1, 'the model is closed');
  }

  // One number a pair: Float32Array. Ids are numbers or BigInts.
  predict(users, items) {
    this.#alive();
    const {library} = this, mine = [];
    const put = (array) => (mine.push(library.put(array)), mine.at(-1));
    if (users.length !== items.length) {
      throw new DuomoError('DUOMO_INVALID_ARGUMENT', 1, `${users.length} users and ${items.length} items are no pairs`);
    }
    try {
      const out = put(new Float32Array(users.length));
      library.call('duomo_predict', out, this.context, put(ids(users)), put(ids(items)), users.length);
      return library.get(Float32Array, out, users.length);
    } finally {
      mine.forEach((at) => library.free(at));
    }
  }

  // For each user the k best items: [{ids: BigInt64Array, scores: Float32Array}, …].
  topk(users, {k = 10, flags = 0, exclude} = {}) {
    this.#alive();
    const {library} = this, mine = [], n = users.length, q = layout.topk_request, r = layout.topk_result;
    const put = (array) => (mine.push(library.put(array)), mine.at(-1));
    const take = (size) => (mine.push(library.take(size)), mine.at(-1));
    try {
      const request = take(q.size), result = take(r.size);
      const outIds = take(8 * n * k), scores = take(4 * n * k), counts = take(4 * n);
      const fields = [[request, q.size], [request + q.flags, flags], [request + q.count, n],
        [request + q.ids, put(ids(users))], [request + q.k, k], [result, r.size], [result + r.ids, outIds],
        [result + r.scores, scores], [result + r.counts, counts]];
      if (exclude) {
        const offsets = new Uint32Array(n + 1);
        for (let i = 0; i < n; ++i) offsets[i + 1] = offsets[i] + exclude[i].length;
        fields.push([request + q.exclude_offsets, put(offsets)], [request + q.exclude_ids, put(ids(exclude.flatMap((list) => [...list])))]);
      }
      const view = library.view;
      for (const [at, value] of fields) view.setUint32(at, value, true);
      library.call('duomo_topk', result, this.context, request);
      return Array.from(library.get(Uint32Array, counts, n), (count, i) => ({
        ids: library.get(BigInt64Array, outIds + 8 * i * k, count),
        scores: library.get(Float32Array, scores + 4 * i * k, count),
      }));
    } finally {
      mine.forEach((at) => library.free(at));
    }
  }
}
