// The module's memory: views of it, and what one call needs of it. Knows no struct and no model.
import {outOfMemory, shown} from './errors.js';

const NO_TEXT = /[\0\p{Cs}]/u;  // a NUL, or half of a pair: neither can be in a key
const encoder = new TextEncoder(), decoder = new TextDecoder('utf-8', {ignoreBOM: true});
const FIRST_ROOM = 1 << 14, LARGEST_ROOM = 1 << 20;

export class Memory {
  #exports;
  #room = 0;       // the scratch memory that stays, and its size
  #size = 0;
  #next = 0;
  #wanted = 0;     // what this call has asked for in all
  #further = [];   // blocks that did not fit in

  constructor(exports) {
    this.#exports = exports;
    this.#look();
  }

  // Views of all of it. They die where memory grows: fresh() after whatever may have allocated.
  #look() {
    const {buffer} = this.#exports.memory;
    this.bytes = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i64 = new BigInt64Array(buffer);
  }
  fresh() {
    if (this.bytes.byteLength === 0) this.#look();
    return this;
  }

  allocate(size) {
    const at = size <= 0xffff0000 ? this.#exports.malloc(Math.max(size, 1)) >>> 0 : 0;
    if (at === 0) throw outOfMemory(size);
    this.fresh();
    return at;
  }
  release(at) { this.#exports.free(at); }

  // Begins a call: what the one before took is free again.
  begin() {
    for (const block of this.#further) this.release(block);
    this.#further.length = 0;
    if (this.#wanted > this.#size && this.#size < LARGEST_ROOM) this.#enlarge();
    this.#next = this.#room;
    this.#wanted = 0;
    return this.fresh();
  }
  #enlarge() {
    const size = Math.min(Math.max(2 ** Math.ceil(Math.log2(this.#wanted)), FIRST_ROOM), LARGEST_ROOM);
    if (this.#room !== 0) this.release(this.#room);
    this.#room = this.#size = 0;
    this.#room = this.allocate(size);
    this.#size = size;
  }

  // Memory for this call, aligned to 8 bytes, with anything in it.
  take(size) {
    const padded = Math.ceil(size / 8) * 8;
    this.#wanted += padded;
    if (padded <= this.#room + this.#size - this.#next) {
      const at = this.#next;
      this.#next += padded;
      return at;
    }
    const block = this.allocate(padded);
    this.#further.push(block);
    return block;
  }

  // A struct of zeros that knows its size.
  struct(layout) {
    const at = this.take(layout.sizeof);
    this.bytes.fill(0, at, at + layout.sizeof);
    this.u32[at >>> 2] = layout.sizeof;
    return at;
  }
  // A 32-bit field: a number, a flag, an address.
  set(at, value) { this.u32[at >>> 2] = value; }

  putFloats(array) {
    const at = this.take(4 * array.length);
    this.f32.set(array, at >>> 2);
    return at;
  }
  // A NUL-terminated copy. `name`: for messages, of the argument.
  putText(text, name) {
    if (NO_TEXT.test(text)) {
      throw new TypeError(`${name}: ${shown(text)} has a NUL character or half of a surrogate pair in it`);
    }
    const at = this.take(3 * text.length + 1);
    const {written} = encoder.encodeInto(text, this.bytes.subarray(at, at + 3 * text.length));
    this.bytes[at + written] = 0;
    return at;
  }

  // The duomo_text at this address: a string, null where there is none.
  textAt(at) {
    const data = this.u32[at >>> 2];
    return data === 0 ? null : this.text(data, this.u32[(at >>> 2) + 1]);
  }
  text(data, size) { return decoder.decode(this.bytes.subarray(data, data + size)); }
  // The NUL-terminated text at this address, of at most `most` bytes.
  cText(at, most = 4096) {
    const bytes = this.bytes.subarray(at, at + most), end = bytes.indexOf(0);
    return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  count(at) { return this.u32[at >>> 2] + this.u32[(at >>> 2) + 1] * 2 ** 32; }  // a uint64_t that is a count
  // An id: a number where it is one exactly, a bigint otherwise.
  id(at) {
    const number = this.u32[at >>> 2] + this.i32[(at >>> 2) + 1] * 2 ** 32;
    return Number.isSafeInteger(number) ? number : this.i64[at >>> 3];
  }
  // Writes a whole number that has been looked at (arguments.js).
  setId(at, id) {
    if (typeof id === 'bigint') {
      this.i64[at >>> 3] = id;
    } else {
      this.u32[at >>> 2] = id >>> 0;
      this.i32[(at >>> 2) + 1] = Math.floor(id / 2 ** 32);
    }
  }
}
