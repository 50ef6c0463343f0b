// What was liked, to be taken back; and what to begin with.
import {byId, element, refill} from './dom.js';

const STARTERS = 8, FURTHER = 4;

export function startChips({catalogue, taste, starters}) {
  const draw = () => {
    byId('liked-part').hidden = taste.liked.length === 0;
    refill(byId('liked'), taste.liked.map((id) => element('li', {}, element('button.chip', {
      type: 'button', 'aria-label': `You liked ${catalogue.nameOf(id)}: take it back`, 'data-is': `liked ${id}`, onclick: () => taste.unlike(id),
    }, catalogue.nameOf(id), element('span', {'aria-hidden': 'true'}, '×')))));
    const rest = starters.filter((id) => !taste.liked.includes(id) && !taste.hidden.includes(id)).slice(0, taste.liked.length === 0 ? STARTERS : FURTHER);
    byId('start-part').hidden = rest.length === 0;
    byId('start-title').textContent = taste.liked.length === 0 ? 'Start with one of these' : 'Or one of these';
    refill(byId('start'), rest.map((id) => element('li', {}, element('button.chip', {
      type: 'button', 'data-is': `start ${id}`, onclick: () => taste.like(id),
    }, catalogue.nameOf(id)))));
  };
  byId('clear').addEventListener('click', () => {
    taste.clear();
    byId('search').focus();
  });
  taste.onChange(draw);
  draw();
}
