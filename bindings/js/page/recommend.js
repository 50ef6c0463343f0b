// The lists: by the model for what was liked, by popularity before that.

// {hits: [{id, score, why: {id, score}?}], by: 'model' | 'popularity' | 'file', milliseconds}
export function recommend(model, taste, popular, k) {
  const where = Object.fromEntries(taste.where), exclude = [...taste.hidden, ...taste.liked], begin = performance.now();
  if (taste.liked.length === 0) return {...before(model, popular, where, exclude, k), milliseconds: performance.now() - begin};
  const found = model.topk({history: taste.liked, k, exclude, where}), milliseconds = performance.now() - begin;
  // Why: of what was liked, the nearest.
  const near = found.length === 0 ? [] : [...model.similar(found.ids, {k: 1, allow: taste.liked})];
  return {by: 'model', milliseconds, hits: found.map(({id, score}, i) => ({id, score, why: near[i][0]}))};
}

// What is shown to somebody of whom nothing is known.
function before(model, popular, where, exclude, k) {
  const all = popular.length > 0 ? popular : model.itemIds();
  const allowed = Object.keys(where).length === 0 ? undefined : model.itemSet({where});
  const hits = [];
  for (const id of all) {
    if (hits.length === k) break;
    if (!exclude.includes(id) && (allowed === undefined || allowed.has(id))) hits.push({id});
  }
  allowed?.close();
  return {by: popular.length > 0 ? 'popularity' : 'file', hits};
}
