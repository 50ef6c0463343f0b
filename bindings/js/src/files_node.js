// Files of the system, in node and its like.
import {open as openPath} from 'node:fs/promises';

import {DuomoError} from './errors.js';

const REASONS = {ENOENT: 'there is no such file', EACCES: 'its permissions do not allow it', EISDIR: 'it is a folder'};

// {name, size, read(at, most), close()} of a path or file: URL.
export async function openFile(source) {
  const text = String(source), path = /^file:/i.test(text) ? new URL(text) : text;
  const refused = (cause) => new DuomoError('DUOMO_IO_ERROR', `cannot read ${JSON.stringify(text)}: ${REASONS[cause.code] ?? cause.message}`, {cause});
  let file;
  try {
    file = await openPath(path, 'r');
    const stat = await file.stat();
    if (stat.isDirectory()) throw Object.assign(new Error(), {code: 'EISDIR'});
    return {
      name: JSON.stringify(text),
      size: stat.size,
      async read(at, most) {
        const {bytesRead, buffer} = await file.read(new Uint8Array(most), 0, most, at).catch((cause) => { throw refused(cause); });
        return buffer.subarray(0, bytesRead);
      },
      close: () => file.close(),
    };
  } catch (cause) {
    await file?.close();
    throw refused(cause);
  }
}
