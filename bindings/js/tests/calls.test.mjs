// What a model answers: against its own single predictions, by every way to ask.
import assert from 'node:assert/strict';
import test from 'node:test';

import {open, TopK} from 'duomo';

import {bits, modelFile, refuses, shop} from './common.mjs';

test('a model says what it is', async () => {
  const model = await shop(), {info} = model;
  assert.equal(`${info.name} ${info.unit} ${info.head}`, 'shop stars cosine');
  assert.deepEqual([info.userCount, info.itemCount, info.vectorWidth], [12, 40, 20]);
  assert.equal(typeof info.fingerprint, 'bigint');
  assert.deepEqual(info.stringKeys, {user: false, item: false});
  assert.deepEqual(model.inputs.map((one) => `${one.name} ${one.scope} ${one.kind} ${one.keys}`).slice(0, 2),
      ['plan user category string', 'age user category integer']);
  assert.equal(model.inputValues('plan').length, 2);
  assert.equal(model.inputValues('age').every(Number.isInteger), true);
  assert.deepEqual(model.attributes.map((one) => one.kind), ['number', 'integer', 'time', 'category', 'set']);
  assert.equal(model.userIds().length, 12);
  assert.equal(model.itemIds().length, 40);
  refuses('DUOMO_NOT_FOUND', /no input "nonsense"; there are plan/, () => model.inputValues('nonsense'));
  const noted = await open(modelFile('noted'));
  assert(Object.keys(noted.metadata).length > 0);
  assert.equal(noted.info.metadataCount, Object.keys(noted.metadata).length);
});

test('predict: one, pairs, one with many', async () => {
  const model = await shop(), items = model.itemIds(), one = items.map((item) => model.predict(3, item));
  assert.deepEqual(bits(model.predict(3, items)), bits(one));
  assert.deepEqual(bits(model.predict(items.map(() => 3n), BigInt64Array.from(items, BigInt))), bits(one));
  assert.deepEqual(bits(model.predict(new Set([3]), Float64Array.from(items).subarray(0, 1))), bits(one.slice(0, 1)));
  const out = new Float32Array(40);
  assert.equal(model.predict(3, items, {out}), out);
  assert.deepEqual(bits(out), bits(one));
  assert.deepEqual(bits(model.predictVectors(model.encodeUsers(items.map(() => 3)), model.encodeItems(items))), bits(one));
  assert.equal(model.predict([], []).length, 0);
});

test('topk is predicting all and sorting', async () => {
  const model = await shop(), items = model.itemIds();
  const wanted = (user, keep = () => true) => items.filter(keep).map((id) => ({id, score: model.predict(user, id)}))
      .sort((a, b) => b.score - a.score || items.indexOf(a.id) - items.indexOf(b.id));
  for (const user of model.userIds()) {
    const hits = model.topk(user, {k: 7});
    assert.deepEqual(hits.ids, wanted(user).slice(0, 7).map((hit) => hit.id));
    assert.deepEqual(bits(hits.scores), bits(wanted(user).slice(0, 7).map((hit) => hit.score)));
  }
  const some = items.slice(10, 30), has = (id) => some.includes(id);
  assert.deepEqual(model.topk(2, {k: 99, allow: some}).ids, wanted(2, has).map((hit) => hit.id));
  assert.deepEqual(model.topk(2, {k: 99, exclude: some}).ids, wanted(2, (id) => !has(id)).map((hit) => hit.id));
  const set = model.itemSet(some);
  assert.deepEqual(model.topk(2, {k: 99, allow: set}).ids, wanted(2, has).map((hit) => hit.id));
  const [a, b] = model.topk([1, 2], {k: 99, allowEach: [null, set], excludeEach: [items.slice(1), null]});
  assert.deepEqual(a.ids, items.slice(0, 1));
  assert.deepEqual(b.ids, wanted(2, has).map((hit) => hit.id));
  const least = wanted(2)[4].score;
  assert.equal(model.topk(2, {k: 99, minimumScore: least}).length, wanted(2).filter((hit) => hit.score >= least).length);
  assert.deepEqual(model.topk(2, {allow: []}).ids, []);
  assert.equal(model.topk(2, {k: 1e15}).length, 40);
  assert.deepEqual([...model.topk([1, 2, 3], {kEach: [0, 2, 1]})].map((hits) => hits.length), [0, 2, 1]);
});

test('results: hits are arrays, many are typed arrays', async () => {
  const model = await shop(), hits = model.topk(3, {k: 3, excludeSeen: true});
  assert(Array.isArray(hits));
  assert.equal(hits.map(({title}) => title)[0], 'Große Lampe 39');
  assert.equal(hits.filter((hit) => hit.score > 0).constructor, Array);
  assert.deepEqual(JSON.parse(JSON.stringify(hits))[0], {id: 1117, score: hits[0].score, title: 'Große Lampe 39'});
  assert.deepEqual(structuredClone(hits[0]), {id: 1117, score: hits[0].score});
  const many = model.topk([1, 2, 3], {k: 50});
  assert(many instanceof TopK && many.ids instanceof BigInt64Array && many.scores instanceof Float32Array);
  assert.equal(many.ids.length, many.length * many.k);
  assert.deepEqual(many.at(-1).ids, model.topk(3, {k: 50}).ids);
  assert.equal(many.at(3), undefined);
  const few = model.topk([1, 2], {k: 3, kEach: undefined, allow: [model.itemIds()[0]]});
  assert.deepEqual(Array.from(few.counts), [1, 1]);
  assert.equal(few.ids[1], -1n);
  assert(Number.isNaN(few.scores[1]));
  assert.equal(model.topk([]).length, 0);
  refuses('DUOMO_UNSUPPORTED', /integers/, () => hits[0].key);
});

test('filters, limits and sets', async () => {
  const model = await shop(), items = model.itemIds();
  const brands = model.attribute('brand', items), prices = model.attribute('price', items), labels = model.attribute('labels', items);
  const years = model.attribute('year', items), added = model.attribute('added', items);
  assert(prices instanceof Float64Array && Array.isArray(labels[0]) && added.some((date) => date instanceof Date));
  const idsWhere = (where) => new Set(model.topk(1, {k: 99, where}).ids);
  const same = (where, keep) => assert.deepEqual(idsWhere(where), new Set(items.filter((_, i) => keep(i))), JSON.stringify(where));
  const brand = brands.find((one) => one !== null), label = labels.flat()[0];
  same({brand}, (i) => brands[i] === brand);
  same({brand: {none: [brand]}}, (i) => brands[i] !== brand);
  same({labels: [label]}, (i) => labels[i].includes(label));
  same({price: {above: 10, maximum: 40}}, (i) => prices[i] > 10 && prices[i] <= 40);
  const year = years.find((one) => one !== null);
  same({year: {minimum: year, maximum: year}, price: {below: 1e9}}, (i) => years[i] === year && prices[i] < 1e9);
  const day = added.find((one) => one !== null);
  same({added: {minimum: day}}, (i) => added[i] !== null && added[i] >= day);
  same([{brand}, {labels: {all: [label]}}], (i) => brands[i] === brand && labels[i].includes(label));
  same({brand: []}, () => false);
  same({brand: 'nobody'}, () => false);
  refuses('DUOMO_NOT_FOUND', /nobody/, () => idsWhere({brand: {any: 'nobody', strict: true}}));
  refuses('DUOMO_NOT_FOUND', /nonsense/, () => idsWhere({nonsense: 'x'}));

  const limited = model.topk(1, {k: 99, limits: {brand: 2}}), of = model.attribute('brand', limited.ids);
  for (const one of new Set(of.filter((b) => b !== null))) assert(of.filter((b) => b === one).length <= 2);

  const set = model.itemSet({where: {brand}}), dear = model.itemSet({where: {price: {above: 20}}});
  assert.equal(set.size, brands.filter((one) => one === brand).length);
  assert(items.every((id, i) => set.has(id) === (brands[i] === brand)));
  const count = (keep) => items.filter((_, i) => keep(brands[i] === brand, prices[i] > 20)).length;
  assert.equal(set.and(dear).size, count((a, b) => a && b));
  assert.equal(set.or(dear).size, count((a, b) => a || b));
  assert.equal(set.minus(dear).size, count((a, b) => a && !b));
  assert.equal(set.not().size, count((a) => !a));
  assert.equal(model.itemSet(items.slice(0, 5), {where: {brand}}).size, brands.slice(0, 5).filter((one) => one === brand).length);
  assert.equal(model.itemSet().size, 40);
  assert.equal(model.itemSet([99999]).size, 0);
});

test('similar, and users', async () => {
  const model = await shop(), width = model.info.vectorWidth;
  const vectors = model.encodeItems(model.itemIds()), items = model.itemIds();
  const dot = (a, b) => { let sum = 0; for (let i = 0; i < width; ++i) sum += vectors[a * width + i] * vectors[b * width + i]; return sum; };
  const [first] = model.similar(items[0], {k: 1});
  const best = items.map((_, i) => i).slice(1).reduce((a, b) => dot(0, b) > dot(0, a) ? b : a);
  assert.equal(first.id, items[best]);
  assert(Math.abs(first.score - dot(0, best)) < 1e-5);
  const users = model.usersFor(items[3], {k: 99});
  assert.equal(users.length, 12);
  assert.deepEqual(bits(users.scores), bits(users.map((hit) => model.predict(hit.id, items[3]))));
  assert.equal(model.similarUsers(1, {k: 3}).length, 3);
  assert(!model.similarUsers(1, {k: 99}).ids.includes(1));
  assert.throws(() => users[0].title, /users have no titles/);
});

test('vectors, features and histories', async () => {
  const model = await shop(), vector = model.encodeUsers(3);
  assert.deepEqual(model.topk({vector, k: 5}).ids, model.topk(3, {k: 5}).ids);
  assert.deepEqual([...model.topk({vectors: [vector, vector], k: 5})].map((hits) => hits.ids), Array(2).fill(model.topk(3, {k: 5}).ids));
  const row = {plan: 'paid', age: 20}, features = model.features('user', [row, {plan: 'free'}]);
  assert.equal(features.length, 2);
  const made = model.encode(features);
  assert.deepEqual(bits(made.subarray(0, 20)), bits(model.encode(row)));
  assert.deepEqual(model.topk({features: row}).ids, model.topk({vector: made.subarray(0, 20)}).ids);
  assert.deepEqual(model.topk({features}).at(1).ids, model.topk({features: {plan: 'free'}}).ids);
  const set = model.features('user', 2).set('plan', ['paid', null]).set('age', [20, undefined]);
  assert.deepEqual(bits(model.encode(set).subarray(0, 20)), bits(made.subarray(0, 20)));
  refuses('DUOMO_NOT_FOUND', /gold/, () => model.features('user', {plan: 'gold'}, {strict: true}));
  refuses('DUOMO_NOT_FOUND', /nonsense/, () => model.features('user', {nonsense: 1}));

  const liked = model.itemIds().slice(0, 3);
  const folded = model.topk({history: liked, excludeSeen: true, k: 5});
  assert.equal(folded.length, 5);
  assert(!folded.ids.some((id) => liked.includes(id)));
  assert.deepEqual([...model.topk({histories: [liked, []], k: 5})][0].length, 5);
  assert.notDeepEqual(bits(model.topk({history: liked, historyWeights: [9, 1, 1], k: 5}).scores), bits(model.topk({history: liked, k: 5}).scores));
});

test('string keys go in and come out', async () => {
  const club = await open(modelFile('club')), users = club.userIds(), items = club.itemIds();
  assert.deepEqual(club.info.stringKeys, {user: true, item: true});
  assert.equal(typeof users[0], 'bigint');
  const user = club.userKey(users[0]), keys = club.itemKey(items.slice(0, 4));
  assert.equal(club.userId(user), users[0]);
  assert.deepEqual(club.itemId([...keys, 'nobody']), [...items.slice(0, 4), null]);
  assert.equal(bits([club.predict(user, keys[0])])[0], bits([club.predict(users[0], items[0])])[0]);
  assert.deepEqual(bits(club.predict(user, keys)), bits(club.predict(users[0], items.slice(0, 4))));
  const hits = club.topk(user, {k: 5, exclude: keys});
  assert.deepEqual(hits.map((hit) => hit.key), club.itemKey(hits.ids));
  assert(!hits.map((hit) => hit.key).some((key) => keys.includes(key)));
  assert.deepEqual(Object.keys(hits[0].toJSON()).slice(0, 2), ['key', 'score']);
  assert.deepEqual(club.topk(user, {allow: keys, k: 9}).map((hit) => hit.key).sort(), [...keys].sort());
  assert.equal(club.itemSet(keys).size, 4);
  assert(club.itemSet(keys).has(keys[0]) && !club.itemSet(keys).has('nobody'));
  assert.deepEqual(club.similar(keys[0], {k: 2}).ids, club.similar(items[0], {k: 2}).ids);
  const error = refuses('DUOMO_NOT_FOUND', /"nobody"/, () => club.predict([user, 'nobody'], [keys[0], keys[0]]));
  assert.deepEqual([error.kind, error.argument, error.position], ['UNKNOWN_ID', 'USERS', 1]);
  refuses('DUOMO_NOT_FOUND', /nobody/, () => club.topk('nobody'));
  assert.equal(club.topk(['nobody', user].map(String).slice(1)).length, 1);
});

test('a context marks what is unknown', async () => {
  const model = await shop(), context = model.context({unknown: 'mark'});
  const found = context.predict([3, 77], [1006, 1006]);
  assert.equal(bits([found[0]])[0], bits([model.predict(3, 1006)])[0]);
  assert(Number.isNaN(found[1]));
  assert.equal(context.topk(77).length, 0);
  const error = refuses('DUOMO_NOT_FOUND', /77/, () => model.predict([3, 77], [1006, 1006]));
  assert.equal(error.position, 1);
  context.trim();
  model.trim();
});

test('rank: logistic models, and all others', async () => {
  const model = await shop(), items = model.itemIds();
  assert.deepEqual(bits(model.rank(3, items)), bits(model.predict(3, items)));
  assert.deepEqual(bits(model.rank({user: 3, items})), bits(model.predict(3, items)));
  const ranking = await open(modelFile('ranking'));
  const user = ranking.userIds()[0], some = ranking.itemIds().slice(0, 3);
  assert.equal(ranking.info.head, 'logistic');
  assert.equal(ranking.rank(user, some).length, 3);
  refuses('DUOMO_UNSUPPORTED', /\w/, () => ranking.topk(user));
});
