// What alone may be found: buttons for values, two fields for numbers and days.
import {byId, element} from './dom.js';

export function startFilters({catalogue, taste}) {
  const facets = catalogue.facets();
  byId('filters').hidden = facets.length === 0;
  facets.forEach((facet, i) => {
    const note = element('small'), body = facet.kind === 'values' ? values(facet, taste, note) : range(facet, taste, note);
    byId('filters').append(element('details', i === 0 && facets.length <= 3 && innerWidth > 760 ? {open: ''} : {}, element('summary', {}, facet.name, note), body));
  });
}

function values({name, values: all}, taste, note) {
  const chosen = new Set();
  return element('ul.chips', {}, ...all.map(([value, count]) => element('li', {}, element('button.chip', {
    type: 'button', 'aria-pressed': 'false', 'data-is': `${name} ${value}`,
    onclick: ({currentTarget}) => {
      if (!chosen.delete(value)) chosen.add(value);
      currentTarget.setAttribute('aria-pressed', String(chosen.has(value)));
      note.textContent = chosen.size > 0 ? [...chosen].join(', ') : '';
      taste.only(name, chosen.size > 0 ? [...chosen] : undefined);
    },
  }, String(value), count === undefined ? undefined : element('small', {}, count.toLocaleString('en'))))));
}

function range({name, kind, whole, least, largest}, taste, note) {
  const day = kind === 'times', text = (value) => day ? new Date(value).toISOString().slice(0, 10) : String(whole ? value : Math.round(value * 100) / 100);
  const field = (label, value) => element('input', {type: day ? 'date' : 'number', step: whole ? '1' : 'any', placeholder: text(value), 'aria-label': `${name}: ${label}`,
    ...(day ? {min: text(least), max: text(largest)} : {}), onchange: () => changed()});
  const from = field('from', least), to = field('to', largest);
  const read = (input) => input.value === '' ? undefined : day ? new Date(input.value) : Number(input.value);
  const changed = () => {
    const minimum = read(from), maximum = read(to), condition = {};
    if (minimum !== undefined) condition.minimum = minimum;
    if (maximum !== undefined) condition.maximum = maximum;
    const any = Object.keys(condition).length > 0;
    note.textContent = any ? `${from.value || '…'} to ${to.value || '…'}` : '';
    taste.only(name, any ? condition : undefined);
  };
  return element('div.range', {}, from, ' to ', to);
}
