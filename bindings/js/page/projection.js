// Two numbers for each vector: the two directions in which the vectors differ most (principal components).

// vectors: count rows of `width`. {points: Float32Array of x, y in 0 … 1, one pair a row}
export function project(vectors, count, width) {
  const mean = new Float64Array(width);
  for (let i = 0; i < count; ++i) for (let j = 0; j < width; ++j) mean[j] += vectors[i * width + j] / count;
  const first = direction(vectors, count, width, mean, []), second = direction(vectors, count, width, mean, [first]);
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; ++i) {
    for (let j = 0; j < width; ++j) {
      const value = vectors[i * width + j] - mean[j];
      points[2 * i] += value * first[j];
      points[2 * i + 1] += value * second[j];
    }
  }
  // By place rather than by size along each axis, halfway: clusters stay, and no corner is empty.
  for (const axis of [0, 1]) spread(points, axis, count);
  return points;
}

// The unit vector along which they spread most, at right angles to those `beside` it: power iteration.
function direction(vectors, count, width, mean, beside) {
  let now = Float64Array.from({length: width}, (_, j) => Math.sin(1 + 12.9898 * (j + 1) * (beside.length + 1)));
  for (let round = 0; round < 24; ++round) {
    const next = new Float64Array(width);
    for (let i = 0, at = 0; i < count; ++i, at += width) {
      let dot = 0;
      for (let j = 0; j < width; ++j) dot += (vectors[at + j] - mean[j]) * now[j];
      for (let j = 0; j < width; ++j) next[j] += dot * (vectors[at + j] - mean[j]);
    }
    for (const other of beside) {
      const dot = next.reduce((sum, value, j) => sum + value * other[j], 0);
      for (let j = 0; j < width; ++j) next[j] -= dot * other[j];
    }
    const length = Math.hypot(...next);
    if (!(length > 0)) return now;
    now = next.map((value) => value / length);
  }
  return now;
}

function spread(points, axis, count) {
  const values = Float32Array.from({length: count}, (_, i) => points[2 * i + axis]), order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const low = values[order[0]], high = values[order[count - 1]], span = high > low ? high - low : 1;
  order.forEach((i, place) => {
    const byPlace = count > 1 ? place / (count - 1) : 0.5;
    points[2 * i + axis] = 0.5 * byPlace + 0.5 * (values[i] - low) / span;
  });
}
