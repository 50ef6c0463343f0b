// The page that `duomo page` makes of a model: everything in one file, no network. Also an example of the package.
import {load} from 'duomo/slim';

import {byId} from './dom.js';
import {Catalogue} from './catalogue.js';
import {Taste} from './taste.js';
import {ForYou, Near} from './lists.js';
import {startSearch} from './search.js';
import {startFilters} from './filters.js';
import {startChips} from './chips.js';
import {ItemMap} from './map.js';
import {showFigures} from './figures.js';

// The bytes that a script element holds: gzip in base64.
function packedIn(id) {
  const text = byId(id).textContent.trim(), bytes = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  byId(id).remove();
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
}

const idOf = (text) => Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);

async function start() {
  const settings = JSON.parse(byId('settings').textContent);
  document.title = byId('title').textContent = settings.title;
  const [wasm, bytes] = await Promise.all([packedIn('wasm-data').arrayBuffer(), packedIn('model-data').arrayBuffer()]);
  const duomo = await load({wasm}), model = await duomo.open(bytes, {prepare: true});
  const catalogue = new Catalogue(model), taste = new Taste(catalogue);
  const popular = settings.popular.map(idOf).filter((id) => catalogue.rows.has(id));
  const page = {model, catalogue, taste, popular, starters: popular.length > 0 ? popular.slice(0, 60) : catalogue.ids.slice(0, 60)};
  page.look = (id) => {
    page.near.show(id);
    page.drawMap();
  };
  page.drawMap = () => page.map?.draw();
  page.forYou = new ForYou(page);
  page.near = new Near(page);
  page.forYou.draw();
  startChips(page);
  startSearch(page);
  byId('about').textContent = settings.about;
  byId('main').setAttribute('aria-busy', 'false');
  performance.mark('duomo-list');
  // What takes longer comes when the lists are there.
  await new Promise((go) => {
    requestAnimationFrame(() => setTimeout(go));
    setTimeout(go, 100); // a page that nobody looks at yet has no frames
  });
  startFilters(page);
  showFigures(settings);
  page.map = new ItemMap(page);
  taste.onChange(page.drawMap);
  page.drawMap();
  performance.mark('duomo-map');
}

start().catch((error) => {
  console.error(error);
  byId('main').hidden = true;
  byId('failure').hidden = false;
  byId('failure').textContent = `This page cannot start: ${error.message}`;
});
