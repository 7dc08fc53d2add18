/** Line charts over time, drawn by uPlot. */

import {h} from './dom.js';

const HEIGHT = 150;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/**
 * A chart with its title and its words for those who do not see it.
 *
 * @param {string} title
 * @param {Array<{label: string, colour: string}>} lines colours are names of the style sheet
 * @param {function(number): string} print
 */
export function chart(title, lines, print) {
  const box = h('div', {class: 'plot', role: 'img'});
  const key = lines.length < 2 ? null : h('p', {class: 'key'}, lines.map(line =>
    h('span', {class: `line ${line.colour}`}, line.label)));
  const since = h('p', {class: 'since'});
  const element = h('figure', {class: 'panel chart'},
    h('figcaption', {}, h('h3', {}, title)), box, key, since);
  let plot = null;
  let drawn = '';
  const observer = new ResizeObserver(() => {
    if (plot !== null && box.clientWidth > 0) {
      plot.setSize({width: box.clientWidth, height: HEIGHT});
    }
  });
  observer.observe(box);

  function options() {
    const axis = {
      stroke: colour('muted'),
      font: '12px system-ui, sans-serif',
      grid: {stroke: colour('grid'), width: 1},
      ticks: {show: false},
    };
    return {
      width: box.clientWidth || 300,
      height: HEIGHT,
      legend: {show: false},
      cursor: {show: false},
      scales: {y: {range: (_, low, high) => [0, high > 0 ? high * 1.1 : 1]}},
      axes: [
        {...axis, space: 60, size: 30, values: [
          [60, '{HH}:{mm}', null, null, null, null, null, null, 1],
          [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1]]},
        {...axis, size: 58, values: (_, ticks) => ticks.map(print)}],
      series: [{}, ...lines.map(line => ({
        stroke: colour(line.colour), width: 1.5, points: {show: false}, spanGaps: false}))],
    };
  }

  return {
    element,
    /**
     * @param {Array<Array<number|null>>} data the times in seconds, then the values of each line
     * @param {string} words what the chart shows, in a sentence
     * @param {string} from what is below the chart
     */
    update(data, words, from) {
      box.setAttribute('aria-label', `${title}. ${words}`);
      since.textContent = from;
      if (data[0].length < 2) {
        return;
      }
      const theme = colour('muted');
      if (plot === null || drawn !== theme) {
        plot?.destroy();
        plot = new window.uPlot(options(), data, box);
        drawn = theme;
      } else {
        plot.setData(data);
      }
    },
    close() {
      observer.disconnect();
      plot?.destroy();
      plot = null;
    },
  };
}
