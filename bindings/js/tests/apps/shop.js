// The README's program as a function of the model's source: the lines that it prints.
import {ModelSlot, open} from 'duomo';

export async function shop(source) {
  const lines = [], seen = [];
  const model = await open(source(), {onProgress: ({loaded}) => seen.push(loaded)});
  lines.push(`user 3, item 1006: ${model.predict(3, 1006).toFixed(2)} ${model.info.unit}`);
  for (const {score, title} of model.topk(3, {k: 3, excludeSeen: true})) lines.push(`${score.toFixed(2)}  ${title}`);
  lines.push(`somebody new: ${model.topk({features: {plan: 'paid', age: 20}, k: 3})[0].title}`);
  const slot = new ModelSlot(model);
  slot.set(await open(source(), {verify: true}));
  await slot.use((now) => {
    lines.push(`after the swap: ${now.predict(3, 1006).toFixed(2)} stars`);
    try {
      now.predict(99, 1006);
    } catch (error) {
      lines.push(error.message);
    }
  });
  if (seen.at(-1) !== model.info.fileSize) throw new Error(`progress: ${seen}`);
  return `${lines.join('\n')}\n`;
}
