// In the window and in a worker: globalThis.results has the lines of both.
import {shop} from './shop.js';

const url = String(new URL('shop.duomo', document.baseURI));
const worker = new Worker(new URL('./worker.js', import.meta.url), {type: 'module'});
const inWorker = new Promise((resolve) => { worker.onmessage = ({data}) => resolve(data); });
worker.postMessage(url);
Promise.all([shop(() => fetch(url)), inWorker]).then((results) => { globalThis.results = results; },
    (error) => { globalThis.results = [String(error.stack)]; });
