import {shop} from './shop.js';

onmessage = async ({data: url}) => {
  try {
    postMessage(await shop(() => fetch(url)));
  } catch (error) {
    postMessage(String(error.stack));
  }
};
