// What TypeScript makes of the package: each line compiles, or is refused where it says so.
import {open, load, version, Context, DuomoError, Features, Hit, Hits, ItemSet, Model, ModelSlot, TopK} from 'duomo';
import type {AttributeValue, ErrorCode, Id, ModelInfo, Progress, Where} from 'duomo';

export async function main(file: File, url: URL): Promise<string[]> {
  const model: Model = await open(fetch('shop.duomo'), {onProgress: ({loaded, total}: Progress) => console.log(loaded, total ?? '?')});
  await Promise.all([open(file), open(url), open('shop.duomo', {signal: AbortSignal.timeout(5)}), open(new Uint8Array(9)), open(new ArrayBuffer(8))]);
  const info: ModelInfo = model.info;
  const one: number = model.predict(3, 1006n), many: Float32Array = model.predict([3, 4], [1n, 2]), spread: Float32Array = model.predict('me', ['a', 'b']);
  const hits: Hits = model.topk('user-8', {k: 10, exclude: ['sku-1'], where: {genres: ['Drama'], year: {minimum: 1990, below: 2000}}});
  const hit: Hit | undefined = hits[0], id: Id = hits[0]?.id ?? 0, titles: string[] = hits.map((each) => each.title);
  const table: TopK = model.topk(new BigInt64Array(3), {kEach: [1, 2, 3], limits: {artist: 2}, allow: model.itemSet([1, 2])});
  const rows: Hits[] = [...table], flat: BigInt64Array = table.ids;
  const somebody: Hits = model.topk({features: {plan: 'paid', age: 20}}), listener: Hits = model.topk({history: [1, 2], historyWeights: [1, 2]});
  const several: TopK = model.topk({features: [{plan: 'paid'}, {plan: null}]}), theirs: TopK = model.topk({histories: [[1], null]});
  const vector: Hits = model.topk({vector: model.encodeUsers(3)}), users: Hits = model.usersFor('sku-1', {excludeSeen: true});
  const features: Features = model.features('user', 2).set('plan', ['paid', null]), ranked: Float32Array = model.rank(3, [1, 2], {pairs: [{price: 1}, {}]});
  const set: ItemSet = model.itemSet({where: {brand: 'x'}}).and(model.itemSet(['a'])), context: Context = model.context({unknown: 'mark'});
  const where: Where = {added: {above: new Date()}}, value: AttributeValue = model.attribute('brand', 'sku-1');
  const keys: (string | null)[] = model.itemKey([1n]), key: string = model.itemKey(1n), ids: (Id | null)[] = model.itemId(['a']);
  const slot = new ModelSlot(model), answer: number = await slot.use(async (now) => now.predict(1, 2));
  const duomo = await load({wasm: await WebAssembly.compile(new Uint8Array(8))}), same: Model = await duomo.open(url);
  {
    using closed = model.share();
    closed.predict(1, 2);
  }
  try {
    model.close();
  } catch (error) {
    if (error instanceof DuomoError) {
      const code: ErrorCode = error.code, position: number | undefined = error.position;
      console.log(code, position, error.kind === 'UNKNOWN_ID');
    }
  }

  // @ts-expect-error a misspelt option
  model.topk(3, {exlude: [1]});
  // @ts-expect-error a boolean is no id
  model.predict(true, 1);
  // @ts-expect-error nothing says for whom
  model.topk({k: 3});
  // @ts-expect-error one user gives Hits
  const wrongly: TopK = model.topk(3);
  // @ts-expect-error no such thing
  hits[0]?.nonsense;
  // @ts-expect-error users are not searched in sets of items
  model.usersFor(1, {allow: set});
  // @ts-expect-error made by open()
  new Model();
  // @ts-expect-error no such way
  model.context({unknown: 'skip'});
  // @ts-expect-error it is read-only
  info.userCount = 3;

  console.log(version, one, many, spread, hit, id, rows, flat, somebody, listener, several, theirs, vector, users, features, ranked, context, where, value,
      keys, key, ids, answer, same, wrongly);
  return titles;
}
