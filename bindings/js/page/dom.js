// Elements. Texts of the model only ever become text, never markup.

export const byId = (id) => document.getElementById(id);

// element('button.icon', {type: 'button', onclick: …}, 'text', child, …)
export function element(kind, properties = {}, ...children) {
  const [name, ...classes] = kind.split('.'), made = document.createElement(name);
  if (classes.length > 0) made.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key === 'style') Object.assign(made.style, value);
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

export function fill(parent, children) { parent.replaceChildren(...children); }

// Replaces a list and keeps the keyboard where it was: on the button of the same name, or on what is nearest.
export function refill(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : undefined, name = focused?.dataset.is;
  const place = focused === undefined ? -1 : [...parent.querySelectorAll('button')].indexOf(focused);
  fill(parent, children);
  if (focused === undefined) return;
  const buttons = [...parent.querySelectorAll('button')];
  (buttons.find((one) => one.dataset.is === name) ?? buttons[Math.min(place, buttons.length - 1)])?.focus({preventScroll: true});
}

// For those who listen to the page.
export function say(text) { byId('said').textContent = text; }
