/** Reads Prometheus' text form, and makes rates and quantiles of it. */

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Parses a scrape into its samples by name. */
export function parse(text) {
  const samples = new Map();
  for (const line of text.split('\n')) {
    const match = line.startsWith('#') ? null : LINE.exec(line);
    if (match) {
      const labels = {};
      for (const [, name, value] of (match[2] || '').matchAll(LABEL)) {
        labels[name] = value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
      }
      if (!samples.has(match[1])) {
        samples.set(match[1], []);
      }
      samples.get(match[1]).push({labels, value: Number(match[3].replace('Inf', 'Infinity'))});
    }
  }
  return samples;
}

function matches(sample, labels) {
  return Object.entries(labels).every(([name, value]) => sample.labels[name] === value);
}

/** All samples of a metric with these labels. */
export function all(scrape, name, labels = {}) {
  return (scrape.get(name) || []).filter(sample => matches(sample, labels));
}

/** The sum of a metric over all samples with these labels; null if there is none. */
export function sum(scrape, name, labels = {}) {
  const found = all(scrape, name, labels);
  return found.length === 0 ? null : found.reduce((total, sample) => total + sample.value, 0);
}

/** The largest value of a metric; null if there is none, NaN if one is unknown. */
export function largest(scrape, name, labels = {}) {
  const found = all(scrape, name, labels).map(sample => sample.value);
  return found.length === 0 ? null : Math.max(...found);
}

/**
 * A quantile of a histogram: the upper end of the bucket that it falls into. Null without samples.
 */
export function quantile(scrape, name, q, labels = {}) {
  const buckets = new Map();
  for (const {labels: of, value} of all(scrape, `${name}_bucket`, labels)) {
    const end = of.le === '+Inf' ? Infinity : Number(of.le);
    buckets.set(end, (buckets.get(end) || 0) + value);
  }
  const ends = [...buckets.keys()].sort((a, b) => a - b);
  const count = ends.length === 0 ? 0 : buckets.get(ends[ends.length - 1]);
  return count === 0 ? null : ends.find(end => buckets.get(end) >= q * count);
}

/** The quantile of a list of numbers; null of an empty one. */
export function quantileOf(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
