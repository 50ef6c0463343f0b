// Rows of items: name, what is known, why, and what can be done with them.
import {byId, element, refill, say} from './dom.js';
import {recommend} from './recommend.js';

// A score as people read it; models whose scores have no unit show a bar alone.
function scoreText(model, score) {
  const {unit, minimumOutput, maximumOutput} = model.info;
  return Number.isFinite(minimumOutput) && Number.isFinite(maximumOutput) && unit !== '' ? `${score.toFixed(2)} ${unit}` : undefined;
}

function row({catalogue, taste, look}, {id, score, why}, share, brief) {
  const name = catalogue.nameOf(id), liked = taste.liked.includes(id);
  const facts = brief ? [] : catalogue.factsOf(id).map(([, text]) => text);
  const text = score === undefined || brief ? undefined : scoreText(catalogue.model, score);
  return element('li', {'data-id': String(id)},
      element('div', {},
          element('button.name', {type: 'button', 'data-is': `name ${id}`, onclick: () => look(id)}, name),
          facts.length > 0 ? element('div.tags', {}, facts.join(' · ')) : undefined,
          why === undefined ? undefined : element('div.why', {}, 'because of ', element('b', {}, catalogue.nameOf(why.id))),
          share === undefined || text !== undefined ? undefined : element('div.bar', {'aria-hidden': 'true'}, element('i', {style: {width: `${Math.round(100 * share)}%`}}))),
      element('div.acts', {},
          text === undefined ? undefined : element('span.score', {}, text),
          brief && score !== undefined ? element('span.score', {'aria-label': `cosine ${score.toFixed(2)}`}, score.toFixed(2)) : undefined,
          element('button.icon.like', {type: 'button', 'aria-pressed': String(liked), 'aria-label': liked ? `You liked ${name}: take it back` : `I like ${name}`,
            'data-is': `like ${id}`, onclick: () => taste.toggle(id)}, liked ? '♥' : '♡'),
          brief ? undefined : element('button.icon', {type: 'button', 'aria-label': `Not ${name}`, 'data-is': `hide ${id}`, onclick: () => taste.hide(id)}, '×')));
}

const NOTES = {
  model: 'From what you like, the best first.',
  popularity: 'What most people took. Say what you like, and it becomes yours.',
  file: 'In the order of the file. Say what you like, and it becomes yours.',
};

// The main list, drawn anew whenever something was said.
export class ForYou {
  #page;
  #k = 10;
  hits = [];

  constructor(page) {
    this.#page = page;
    byId('more').addEventListener('click', () => this.draw(this.#k + 10));
    byId('unhide').addEventListener('click', () => page.taste.unhide());
    page.taste.onChange((what) => {
      this.draw(10);
      say(this.hits.length === 0 ? 'Nothing is left.' : `${what === 'liked' ? 'The list has changed. ' : ''}First now: ${page.catalogue.nameOf(this.hits[0].id)}.`);
    });
  }

  draw(k = this.#k) {
    this.#k = k;
    const {model, taste, popular} = this.#page, {hits, by, milliseconds} = recommend(model, taste, popular, k);
    this.hits = hits;
    const scores = hits.map((hit) => hit.score), low = Math.min(...scores, 0), high = Math.max(...scores);
    const share = (score) => score === undefined ? undefined : high > low ? (score - low) / (high - low) : 1;
    refill(byId('list'), hits.map((hit) => row(this.#page, hit, share(hit.score), false)));
    byId('list-note').textContent = NOTES[by];
    byId('list-title').textContent = by === 'model' ? 'For you' : by === 'popularity' ? 'Popular' : 'All';
    byId('time').textContent = by === 'model' ? `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms` : '';
    byId('nothing').hidden = hits.length > 0;
    byId('more').hidden = hits.length < k;
    byId('unhide').hidden = taste.hidden.length === 0;
    byId('unhide').textContent = `Bring back ${taste.hidden.length} put aside`;
  }
}

// One item: what is known, and what is most alike.
export class Near {
  #page;
  #from;
  id;

  constructor(page) {
    this.#page = page;
    byId('near-close').addEventListener('click', () => this.close());
    byId('near').addEventListener('keydown', (event) => { if (event.key === 'Escape') this.close(); });
    page.taste.onChange(() => { if (this.id !== undefined) this.#fill(); });
  }

  show(id) {
    this.#from ??= document.activeElement;
    this.id = id;
    this.#fill();
    const card = byId('near');
    card.hidden = false;
    card.focus({preventScroll: true});
    if (card.getBoundingClientRect().top < 0 || card.getBoundingClientRect().top > innerHeight - 200) card.scrollIntoView({block: 'start'});
  }
  #fill() {
    const {catalogue, model} = this.#page, facts = catalogue.factsOf(this.id);
    byId('near-title').textContent = catalogue.nameOf(this.id);
    byId('facts').replaceChildren(...facts.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)]));
    byId('facts').hidden = facts.length === 0;
    refill(byId('near-list'), model.similar(this.id, {k: 8}).map((hit) => row(this.#page, hit, undefined, true)));
  }
  close() {
    byId('near').hidden = true;
    this.id = undefined;
    if (this.#from?.isConnected) this.#from.focus();
    else byId('for-you').focus({preventScroll: true});
    this.#from = undefined;
    this.#page.drawMap();
  }
}
