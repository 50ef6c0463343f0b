// Where a model comes from: bytes, files, addresses, downloads. All of it ends in a Block.
import {attached} from './arguments.js';
import {Block} from './core.js';
import {DuomoError, shown} from './errors.js';
import {openFile} from './files.js';

const ADDRESS = /^(https?|data|blob|file):/i;

// Reads a source into the module's memory. `progress` is called with {loaded, total}; total is
// undefined where nobody says it.
export async function readSource(library, given, {progress, signal}) {
  signal?.throwIfAborted();
  const source = await given;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source) || isShared(source)) return ofBytes(library, source, progress);
  if (typeof source === 'string' || source instanceof URL) return ofAddress(library, source, {progress, signal});
  if (typeof source?.getReader === 'function') return ofStream(library, source, {progress, signal, what: 'the stream'});
  if (typeof source?.arrayBuffer === 'function') {
    return 'status' in source ? ofResponse(library, source, {progress, signal}) :
        ofStream(library, source.stream(), {progress, signal, what: source.name || 'the blob', total: source.size});
  }
  throw new TypeError(`open: expected the bytes of a .duomo file, a path or URL, a response of fetch(), a Blob or a ReadableStream, not ${shown(source)}`);
}

const isShared = (source) => typeof SharedArrayBuffer !== 'undefined' && source instanceof SharedArrayBuffer;

function ofBytes(library, source, progress) {
  attached(source, 'open');
  const bytes = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
  const block = new Block(library, bytes.length);
  block.put(bytes);
  progress?.({loaded: bytes.length, total: bytes.length});
  return block;
}

async function ofAddress(library, source, options) {
  const text = String(source), isFile = !ADDRESS.test(text) || /^file:/i.test(text);
  const file = isFile ? await openFile(source) : undefined;  // undefined where the host has no files
  if (file !== undefined) return ofFile(library, file, options);
  let response;
  try {
    response = await fetch(source, {signal: options.signal});
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new DuomoError('DUOMO_IO_ERROR', `cannot fetch ${shown(text)}: ${cause.cause?.message ?? cause.message}`, {cause});
  }
  return ofResponse(library, response, options);
}

async function ofFile(library, file, {progress, signal}) {
  let block;
  try {
    block = new Block(library, file.size);
    for (let loaded = 0; loaded < file.size;) {
      signal?.throwIfAborted();
      const piece = await file.read(loaded, Math.min(file.size - loaded, 1 << 24));
      if (piece.length === 0) throw cutOff(file.name, loaded, file.size);
      block.put(piece, loaded);
      loaded += piece.length;
      progress?.({loaded, total: file.size});
    }
    return block;
  } catch (error) {
    block?.release();
    throw error;
  } finally {
    await file.close();
  }
}

async function ofResponse(library, response, options) {
  const what = response.url ? shown(response.url) : 'the response';
  if (!response.ok) throw new DuomoError('DUOMO_IO_ERROR', `${what}: the server answered ${response.status} ${response.statusText}`.trimEnd());
  if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
    throw new DuomoError('DUOMO_CORRUPT', `${what}: the server sent a web page (text/html), not a .duomo file: is the address right?`);
  }
  if (response.bodyUsed) throw new TypeError(`open: ${what}: its body has been read already`);
  if (response.body === null) throw new DuomoError('DUOMO_CORRUPT', `${what}: it has no body, so it is not a .duomo file`);
  // The length is that of what was sent, which an encoding makes another than that of what arrives.
  const plain = /^(identity)?$/i.test(response.headers.get('content-encoding') ?? '');
  const length = plain ? Number(response.headers.get('content-length') || NaN) : NaN;
  return ofStream(library, response.body, {...options, what, total: Number.isNaN(length) ? undefined : length});
}

function cutOff(what, loaded, total) {
  return new DuomoError('DUOMO_IO_ERROR', `${what}: it ended after ${loaded} of ${total} bytes; load it again`);
}

// Reads to the end: straight into place where the length is known, in pieces where it is not.
async function ofStream(library, stream, {progress, signal, what, total}) {
  const reader = stream.getReader(), stop = () => void reader.cancel(signal.reason).catch(() => {});
  let block, pieces = [], loaded = 0;
  signal?.addEventListener('abort', stop);
  try {
    if (total !== undefined) block = new Block(library, total);
    for (;;) {
      const {done, value} = await reader.read().catch((cause) => {
        if (signal?.aborted) throw signal.reason;
        throw new DuomoError('DUOMO_IO_ERROR', `${what}: it broke off after ${loaded}${
            total === undefined ? '' : ` of ${total}`} bytes (${cause?.cause?.message ?? cause?.message ?? cause}); load it again`, {cause});
      });
      signal?.throwIfAborted();
      if (done) break;
      if (!(value instanceof Uint8Array)) throw new TypeError(`open: ${what} gives ${shown(value)}, not Uint8Arrays`);
      if (block !== undefined && loaded + value.length > total) {  // more than was said
        pieces = [block.room(0, loaded).slice()];
        block.release();
        block = total = undefined;
      }
      if (block === undefined) pieces.push(value);
      else block.put(value, loaded);
      loaded += value.length;
      progress?.({loaded, total});
    }
    if (block === undefined) {
      block = new Block(library, loaded);
      let at = 0;
      for (const piece of pieces) {
        block.put(piece, at);
        at += piece.length;
      }
    } else if (loaded < total) {
      throw cutOff(what, loaded, total);
    }
    return block;
  } catch (error) {
    block?.release();
    reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
