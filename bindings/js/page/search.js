// The box to search in: a combobox, by mouse and by keyboard.
import {byId, element, fill, say} from './dom.js';

const MOST = 8;

export function startSearch({catalogue, taste}) {
  const input = byId('search'), list = byId('found');
  let rows = [], at = -1;
  input.placeholder = `Search ${catalogue.ids.length.toLocaleString('en')} ${catalogue.what}`;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const mark = (place) => {
    at = place;
    [...list.children].forEach((one, i) => one.setAttribute('aria-selected', String(i === at)));
    const chosen = list.children[at];
    if (chosen === undefined || at < 0) return input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-activedescendant', chosen.id);
    chosen.scrollIntoView({block: 'nearest'});
  };
  const take = (row) => {
    const id = catalogue.idOfRow(row);
    input.value = '';
    close();
    taste.like(id);
  };
  const draw = () => {
    rows = catalogue.find(input.value, MOST);
    if (input.value.trim() === '') return close();
    fill(list, rows.length === 0 ? [element('li.none', {role: 'option', 'aria-disabled': 'true'}, 'Nothing is called so')] :
        rows.map((row, i) => element('li', {role: 'option', id: `found-${i}`, 'aria-selected': 'false',
          onmousedown: (event) => event.preventDefault(), onclick: () => take(row)}, ...marked(catalogue.names[row], input.value))));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    mark(-1);
    say(rows.length === 0 ? 'Nothing is called so' : `${rows.length === MOST ? 'The first ' : ''}${rows.length} found`);
  };

  input.addEventListener('input', draw);
  input.addEventListener('focus', draw);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) return close();
    if (list.hidden || rows.length === 0) return;
    if (event.key === 'ArrowDown') mark(at + 1 >= rows.length ? 0 : at + 1);
    else if (event.key === 'ArrowUp') mark(at <= 0 ? rows.length - 1 : at - 1);
    else if (event.key === 'Enter') take(rows[Math.max(at, 0)]);
    else return;
    event.preventDefault();
  });
}

// The name with what was typed marked, where it stands in it as it was typed.
function marked(name, typed) {
  const word = typed.trim().toLowerCase(), at = name.toLowerCase().indexOf(word);
  if (word === '' || at < 0) return [name];
  return [name.slice(0, at), element('mark', {}, name.slice(at, at + word.length)), name.slice(at + word.length)];
}
