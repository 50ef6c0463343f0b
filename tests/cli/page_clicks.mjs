// page_clicks.mjs PAGE: what people do with a page of `duomo page`, in Chromium: real keys and clicks. Says what was
// wrong and exits with 1. PICTURES (environment): a folder for screenshots.
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';

import {Chromium} from '../../bindings/js/tests/chromium.mjs';

const url = String(pathToFileURL(process.argv[2])), chromium = new Chromium();
const list = "[...document.querySelectorAll('#list li')].map((one) => one.dataset.id)";
const liked = "[...document.querySelectorAll('#liked .chip')].map((one) => one.firstChild.textContent)";
const texts = (selector) => `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)`;

async function opened(options, at = url) {
  const tab = await chromium.tab(options);
  await tab.go(at);
  await tab.until("performance.getEntriesByName('duomo-map').length");
  return tab;
}
async function changed(tab, before) {
  await tab.until(`JSON.stringify(${list}) !== ${JSON.stringify(JSON.stringify(before))}`);
  return tab.value(list);
}
async function picture(tab, name) {
  if (process.env.PICTURES) writeFileSync(`${process.env.PICTURES}/${name}.png`, await tab.picture());
}

async function likesAndLists() {
  const tab = await opened();
  let now = await tab.value(list);
  assert.equal(now.length, 10, 'a list before anything is said');
  assert.notEqual(await tab.value("document.getElementById('list-title').textContent"), 'For you');

  // Search by keyboard: a word of some title, the second that is found.
  const [title] = await tab.value(texts('#start .chip')), word = title.split(/[\s<>&]+/).find((one) => one.length > 2);
  await tab.click('#search');
  await tab.type(word.toLowerCase());
  await tab.until("!document.getElementById('found').hidden && document.querySelectorAll('#found li').length > 0");
  await tab.press('ArrowDown');
  const chosen = await tab.value("document.querySelector('#found [aria-selected=\"true\"]').textContent");
  assert.equal(await tab.value("document.getElementById('search').getAttribute('aria-activedescendant')"),
      await tab.value("document.querySelector('#found [aria-selected=\"true\"]').id"));
  await tab.press('Enter');
  now = await changed(tab, now);
  assert.deepEqual(await tab.value(liked), [chosen]);
  assert.equal(await tab.value("document.getElementById('list-title').textContent"), 'For you');
  assert(!(await tab.value(texts('#list .name'))).includes(chosen), 'what was liked is not recommended');
  assert((await tab.value(texts('#list .why'))).every((one) => one === `because of ${chosen}`));

  // A heart, a starter, and why.
  const first = (await tab.value(texts('#list .name')))[0];
  await tab.click('#list li .like');
  now = await changed(tab, now);
  await tab.click('#start .chip');
  now = await changed(tab, now);
  const three = await tab.value(liked);
  assert.equal(three.length, 3);
  assert.equal(three[1], first);
  for (const why of await tab.value(texts('#list .why b'))) assert(three.includes(why), why);
  await picture(tab, 'liked');

  // Put aside, and brought back.
  const second = now[1];
  await tab.click('#list li:nth-child(2) [aria-label^="Not "]');
  now = await changed(tab, now);
  assert(!now.includes(second));
  await tab.click('#unhide');
  now = await changed(tab, now);
  assert(now.includes(second));

  // The address keeps what was liked.
  const again = await opened({}, await tab.value('location.href'));
  assert.deepEqual(await again.value(liked), three);
  assert.deepEqual(await again.value(list), now);

  // Taken back one by one, and all at once.
  await tab.click('#liked .chip');
  now = await changed(tab, now);
  assert.deepEqual(await tab.value(liked), three.slice(1));
  await tab.click('#more');
  await tab.until("document.querySelectorAll('#list li').length > 10");
  await tab.click('#clear');
  await tab.until("document.getElementById('liked-part').hidden");
  assert.equal(await tab.value('location.hash'), '');
  return tab;
}

async function filters(tab) {
  if (await tab.value("document.getElementById('filters').hidden")) return 'no filters';
  let now = await tab.value(list);
  await tab.value("document.querySelectorAll('#filters details').forEach((one) => { one.open = true; })");
  const chip = await tab.value(`(() => { const one = document.querySelector('#filters .chip'); return one && one.dataset.is; })()`);
  if (chip) {
    await tab.click('#filters .chip');
    now = await changed(tab, now);
    const value = chip.split(' ').slice(1).join(' ');
    for (const tags of await tab.value(texts('#list .tags'))) assert(tags.includes(value), `${tags} without ${value}`);
    await tab.click('#filters .chip');
    now = await changed(tab, now);
  }
  if (await tab.value("document.querySelectorAll('#filters input[type=number]').length > 0")) {
    await tab.click('#filters input[type=number]');
    await tab.type('1e9');
    await tab.press('Tab');
    await tab.until("!document.getElementById('nothing').hidden");
    await tab.click('#filters input[type=number]');
    await tab.value("document.activeElement.select()");
    await tab.press('Delete', 'Delete', 46);
    await tab.press('Tab');
    await tab.until("document.getElementById('nothing').hidden");
  }
  return 'filters';
}

async function alikeAndMap(tab) {
  const name = (await tab.value(texts('#list .name')))[2];
  await tab.click('#list li:nth-child(3) .name');
  await tab.until("!document.getElementById('near').hidden");
  assert.equal(await tab.value("document.getElementById('near-title').textContent"), name);
  assert.equal(await tab.value("document.activeElement.id"), 'near');
  assert.equal((await tab.value(texts('#near-list .name'))).length, 8);
  await tab.press('Escape');
  assert(await tab.value("document.getElementById('near').hidden"));
  assert.equal(await tab.value('document.activeElement.textContent'), name, 'the keyboard is back where it was');

  // A click into the map finds the nearest dot; around its middle there are some.
  await tab.value("document.getElementById('map').scrollIntoView({block: 'center', behavior: 'instant'})");
  const box = await tab.value("(({x, y, width, height}) => ({x, y, width, height}))(document.getElementById('map').getBoundingClientRect())");
  for (let step = 0; step < 60 && await tab.value("document.getElementById('near').hidden"); ++step) {
    const at = {x: box.x + box.width * (0.5 + 0.4 * Math.sin(step) * step / 60), y: box.y + box.height * (0.5 + 0.4 * Math.cos(step) * step / 60)};
    for (const type of ['mouseMoved', 'mousePressed', 'mouseReleased']) {
      await tab.send('Input.dispatchMouseEvent', {type, ...at, button: type === 'mouseMoved' ? 'none' : 'left', clickCount: 1});
    }
  }
  assert(!await tab.value("document.getElementById('near').hidden"), 'no dot was hit');
  await picture(tab, 'map');
  await tab.click('#near-close');
}

// Titles are text, whatever they hold; nothing was fetched; nothing was said on the console.
async function isSafe(tab) {
  assert.equal(await tab.value("document.querySelectorAll('main img, main iframe, main script, main object').length"), 0);
  assert.equal(await tab.value('globalThis.pwned'), undefined);
  assert.deepEqual(tab.asked.map((one) => one.split('#')[0]).filter((one) => one !== url && !one.startsWith('blob:')), []);
  assert.deepEqual(tab.said, []);
}

// Everything that can be used has a name, by what screen readers are given.
async function isNamed(tab) {
  await tab.send('Accessibility.enable');
  const {nodes} = await tab.send('Accessibility.getFullAXTree');
  const used = nodes.filter((one) => !one.ignored && ['button', 'combobox', 'textbox', 'link', 'image', 'listbox', 'spinbutton'].includes(one.role?.value));
  assert(used.length > 20, `${used.length} controls`);
  for (const one of used) assert(one.name?.value, `a ${one.role.value} without a name`);
  // By Tab alone: the way from the top reaches the search box and the first recommendation.
  await tab.value('document.activeElement.blur(); scrollTo(0, 0)');
  const reached = new Set();
  for (let i = 0; i < 60; ++i) {
    await tab.press('Tab');
    reached.add(await tab.value("document.activeElement.id || document.activeElement.className"));
  }
  for (const what of ['skip', 'search', 'chip', 'name', 'icon like']) assert(reached.has(what), `Tab does not reach ${what}: ${[...reached]}`);
}

async function fits() {
  for (const [name, options] of [['light', {}], ['dark', {dark: true}], ['phone', {width: 390, height: 844, phone: true}], ['small', {width: 320, height: 640, phone: true}],
    ['tablet', {width: 820, height: 1100}]]) {
    const tab = await opened(options);
    await tab.click('#start .chip');
    await tab.until("document.querySelectorAll('#liked .chip').length === 1");
    await tab.value('scrollTo(0, 0)');
    assert.equal(await tab.value('Math.max(0, document.documentElement.scrollWidth - innerWidth)'), 0, `${name}: it is wider than the window`);
    const ground = await tab.value('getComputedStyle(document.body).backgroundColor');
    assert.equal(ground, name === 'dark' ? 'rgb(17, 21, 27)' : 'rgb(244, 245, 247)', name);
    if (options.phone) {
      const small = await tab.value(`[...document.querySelectorAll('#list .icon, .chip')].map((one) => one.getBoundingClientRect())
          .filter((one) => one.width > 0 && Math.min(one.width, one.height) < 40).length`);
      assert.equal(small, 0, `${name}: targets below 40 pixels`);
    }
    await picture(tab, name);
  }
}

try {
  const tab = await likesAndLists();
  const said = await filters(tab);
  await alikeAndMap(tab);
  await isNamed(tab);
  await isSafe(tab);
  await fits();
  const times = await tab.value("JSON.stringify(['duomo-list', 'duomo-map'].map((one) => Math.round(performance.getEntriesByName(one)[0].startTime)))");
  console.log(`page: clicks, keys, ${said}; list and map after ${times} ms`);
} finally {
  await chromium.close();
}
