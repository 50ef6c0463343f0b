// What the file says of its own tests, beside what needs no learning.
import {byId, element} from './dom.js';

const NAMES = {
  'ndcg@10': 'NDCG@10: is what people took high on the list?',
  'hr@10': 'HR@10: for how many is any of it on the list?',
  rmse: 'RMSE: by how much are ratings off? (less is better)',
  mae: 'MAE: by how much are ratings off? (less is better)',
};

// settings.figures: {rows: [{name, ours, values: {'ndcg@10': 0.1, …}}], of}
export function showFigures({figures}) {
  if (!figures) return;
  byId('figures').hidden = false;
  byId('figures-note').textContent = figures.of;
  const measures = Object.keys(NAMES).filter((name) => figures.rows.some((row) => name in row.values));
  byId('figures-tables').replaceChildren(...measures.map((measure) => {
    const rows = figures.rows.filter((row) => measure in row.values), most = Math.max(...rows.map((row) => row.values[measure]));
    return element('table', {}, element('caption', {}, NAMES[measure]), element('tbody', {}, ...rows.map((row) =>
      element(row.ours ? 'tr.ours' : 'tr', {}, element('th', {scope: 'row'}, row.name), element('td', {}, element('div.meter', {},
          element('i', {'aria-hidden': 'true', style: {width: `${Math.round(60 * row.values[measure] / most)}%`}}), row.values[measure].toFixed(measure.includes('@') ? 3 : 2)))))));
  }));
}
