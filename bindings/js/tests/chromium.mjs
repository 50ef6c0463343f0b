// Chromium without a head, driven through DevTools' protocol on a pipe; no packages.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--hide-scrollbars',
  '--disable-background-networking', '--disable-component-update', '--disable-extensions', '--remote-debugging-pipe'];

export class Chromium {
  #process;
  #folder = mkdtempSync(join(tmpdir(), 'duomo-chromium-'));
  #asked = new Map();
  #next = 0;
  #tabs = new Map();

  constructor(program = process.env.DUOMO_CHROMIUM ?? 'chromium') {
    this.#process = spawn(program, [...FLAGS, `--user-data-dir=${this.#folder}`, 'about:blank'], {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
    const gone = (what) => {
      for (const {reject} of this.#asked.values()) reject(new Error(`${program}: ${what}`));
      this.#asked.clear();
    };
    this.#process.on('error', (error) => gone(error.message));
    this.#process.on('exit', (code) => gone(`it ended with ${code}`));
    let left = Buffer.alloc(0);
    this.#process.stdio[4].on('data', (data) => {
      left = Buffer.concat([left, data]);
      for (let end; (end = left.indexOf(0)) >= 0; left = left.subarray(end + 1)) this.#heard(JSON.parse(left.toString('utf8', 0, end)));
    });
  }

  #heard({id, result, error, method, params, sessionId}) {
    if (id === undefined) {
      this.#tabs.get(sessionId)?.(method, params);
      return;
    }
    const {resolve, reject} = this.#asked.get(id);
    this.#asked.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  }

  send(method, params = {}, sessionId = undefined) {
    return new Promise((resolve, reject) => {
      const id = ++this.#next;
      this.#asked.set(id, {resolve, reject});
      this.#process.stdio[3].write(`${JSON.stringify({id, method, params, sessionId})}\0`);
    });
  }

  // A tab of this size. `dark`, `phone`: what the page is told.
  async tab({width = 1280, height = 800, dark = false, phone = false} = {}) {
    const {targetId} = await this.send('Target.createTarget', {url: 'about:blank'});
    const {sessionId} = await this.send('Target.attachToTarget', {targetId, flatten: true});
    const tab = new Tab(this, sessionId);
    this.#tabs.set(sessionId, (method, params) => tab._heard(method, params));
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await tab.send(`${domain}.enable`);
    await tab.send('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: phone ? 2 : 1, mobile: phone});
    await tab.send('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'},
      {name: 'prefers-reduced-motion', value: 'reduce'}]});
    return tab;
  }

  async close() {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.send('Browser.close').catch(() => {});
    await ended;
    rmSync(this.#folder, {recursive: true, force: true, maxRetries: 5});
  }
}

export class Tab {
  #browser;
  #session;
  said = [];      // by the console, and what went wrong
  asked = [];     // addresses that were fetched

  constructor(browser, session) {
    this.#browser = browser;
    this.#session = session;
  }
  _heard(method, params) {
    if (method === 'Runtime.exceptionThrown') this.said.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Runtime.consoleAPICalled') this.said.push(params.args.map((one) => one.value ?? one.description).join(' '));
    if (method === 'Log.entryAdded') this.said.push(params.entry.text);
    if (method === 'Network.requestWillBeSent') this.asked.push(params.request.url);
  }
  send(method, params) { return this.#browser.send(method, params, this.#session); }

  async go(url) {
    const {errorText} = await this.send('Page.navigate', {url});
    assert.equal(errorText, undefined, url);
  }
  // The value of an expression, which may be a promise.
  async value(expression) {
    const {result, exceptionDetails} = await this.send('Runtime.evaluate', {expression, awaitPromise: true, returnByValue: true});
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
  // Waits until an expression is true, and gives its value.
  async until(expression, seconds = 30) {
    for (const end = Date.now() + 1000 * seconds; ;) {
      const value = await this.value(expression);
      if (value) return value;
      if (Date.now() > end) throw new Error(`never true: ${expression}\n${this.said.join('\n')}`);
      await new Promise((go) => setTimeout(go, 20));
    }
  }
  // Clicks in the middle of what a selector finds, as a mouse does.
  async click(selector) {
    const at = await this.value(`(() => {
      const found = document.querySelector(${JSON.stringify(selector)});
      if (!found) return null;
      found.scrollIntoView({block: 'center', behavior: 'instant'});
      const r = found.getBoundingClientRect();
      return {x: r.x + r.width / 2, y: r.y + r.height / 2};
    })()`);
    assert(at, `there is no ${selector}`);
    for (const type of ['mousePressed', 'mouseReleased']) {
      await this.send('Input.dispatchMouseEvent', {type, ...at, button: 'left', clickCount: 1});
    }
  }
  async type(text) { await this.send('Input.insertText', {text}); }
  async press(key, code = key, keyCode = {Enter: 13, Tab: 9, Escape: 27, ArrowDown: 40, ArrowUp: 38, ArrowLeft: 37, ArrowRight: 39, ' ': 32}[key]) {
    const text = key === 'Enter' ? '\r' : key.length === 1 ? key : undefined;
    await this.send('Input.dispatchKeyEvent', {type: text ? 'keyDown' : 'rawKeyDown', key, code, windowsVirtualKeyCode: keyCode, text});
    await this.send('Input.dispatchKeyEvent', {type: 'keyUp', key, code, windowsVirtualKeyCode: keyCode});
  }
  async picture() { return Buffer.from((await this.send('Page.captureScreenshot', {format: 'png'})).data, 'base64'); }
}
