// The map: a dot an item, drawn on a canvas; what was liked, recommended and looked at stands out.
import {byId} from './dom.js';
import {project} from './projection.js';

const MOST = 8000;  // dots; of more items every so many

export class ItemMap {
  #page;
  #canvas = byId('map');
  #ids;
  #points;
  #over;

  constructor(page) {
    this.#page = page;
    const {model, catalogue} = page, step = Math.ceil(catalogue.ids.length / MOST);
    this.#ids = catalogue.ids.filter((_, i) => i % step === 0);
    this.#points = project(model.encodeItems(this.#ids), this.#ids.length, model.info.vectorWidth);
    byId('width').textContent = String(model.info.vectorWidth);
    this.#canvas.addEventListener('pointermove', (event) => this.#point(event));
    this.#canvas.addEventListener('pointerleave', () => this.#name(undefined));
    this.#canvas.addEventListener('click', (event) => {
      const at = this.#nearest(event);
      if (at !== undefined) page.look(this.#ids[at]);
    });
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  #place(i, size) { return [12 + this.#points[2 * i] * (size - 24), 12 + (1 - this.#points[2 * i + 1]) * (size - 24)]; }

  // The dots of these items, with their places; what the map leaves out is not among them.
  #dotsOf(ids) { return ids.map((id) => this.#ids.indexOf(id)).filter((at) => at >= 0); }

  draw() {
    const canvas = this.#canvas, size = canvas.clientWidth, ratio = devicePixelRatio || 1, context = canvas.getContext('2d');
    if (size === 0) return;
    canvas.width = canvas.height = Math.round(size * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const dots = (places, fill, radius, line) => {
      context.fillStyle = fill;
      for (const i of places) {
        const [x, y] = this.#place(i, size);
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fill();
        if (line) {
          context.lineWidth = 1.5;
          context.strokeStyle = line;
          context.stroke();
        }
      }
    };
    const {taste, forYou, near} = this.#page, count = this.#ids.length;
    context.globalAlpha = count > 2000 ? 0.55 : 0.8;
    dots(this.#ids.keys(), colour('dot'), count > 2000 ? 1.7 : count > 300 ? 2.4 : 3.5);
    context.globalAlpha = 1;
    if (taste.liked.length > 0) dots(this.#dotsOf(forYou.hits.map((hit) => hit.id)), colour('accent'), 5, colour('card'));
    dots(this.#dotsOf(taste.liked), colour('liked'), 6, colour('card'));
    if (near.id !== undefined) dots(this.#dotsOf([near.id]), colour('near'), 7, colour('card'));
    if (this.#over !== undefined) dots([this.#over], colour('ink'), 5, colour('card'));
    canvas.setAttribute('aria-label', `A map of ${count.toLocaleString('en')} items, on which ${taste.liked.length} that you liked and ${
        taste.liked.length > 0 ? forYou.hits.length : 0} that are for you stand out. The lists say the same.`);
  }

  #nearest({offsetX, offsetY}) {
    const size = this.#canvas.clientWidth;
    let best, least = 18 ** 2;
    for (let i = 0; i < this.#ids.length; ++i) {
      const [x, y] = this.#place(i, size), distance = (x - offsetX) ** 2 + (y - offsetY) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }
  #point(event) { this.#name(this.#nearest(event)); }
  #name(at) {
    if (at === this.#over) return;
    this.#over = at;
    const label = byId('map-name');
    label.textContent = at === undefined ? '' : this.#page.catalogue.nameOf(this.#ids[at]);
    if (at !== undefined) {
      const size = this.#canvas.clientWidth, [x, y] = this.#place(at, size), half = label.offsetWidth / 2;
      label.style.left = `${Math.min(Math.max(x, half), size - half)}px`;
      label.style.top = `${Math.max(y, 44)}px`;
    }
    this.draw();
  }
}
