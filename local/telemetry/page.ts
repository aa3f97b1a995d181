import type { Metric, Point, Trace } from './store.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const attributesOf = (attributes: Point['attributes']): string =>
  Object.entries(attributes)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

const figureOf = ({ value, count, sum }: Point): string =>
  value === undefined ? `${count} × ${((sum ?? 0) / (count || 1)).toFixed(2)}` : String(value);

/** All metrics with their points, and the latest traces. */
export function pageOf(metrics: readonly Metric[], traces: readonly Trace[]): string {
  const sections = metrics.map(
    ({ name, unit, description, kind, points }) =>
      `<h2>${escaped(name)} <small>${kind}, ${escaped(unit)}</small></h2><p>${escaped(description)}</p><table>${points
        .map(
          (point) => `<tr><td>${escaped(figureOf(point))}</td><td>${escaped(attributesOf(point.attributes))}</td></tr>`,
        )
        .join('')}</table>`,
  );
  const lines = traces
    .slice(-LATEST)
    .map(
      ({ traceId, spans }) =>
        `<h2>${traceId}</h2><table>${spans
          .map(
            ({ start, milliseconds, name, failed, attributes }) =>
              `<tr><td>${start}</td><td>${milliseconds.toFixed(0)} ms</td><td>${escaped(name)}${failed ? ' ✗' : ''}</td><td>${escaped(attributesOf(attributes))}</td></tr>`,
          )
          .join('')}</table>`,
    );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Telemetry</title><style>${STYLE}</style>
<h1>Metrics</h1>${sections.join('\n')}<h1>Latest traces</h1>${lines.join('\n')}</html>`;
}

const LATEST = 50;
const STYLE =
  'body{font:14px system-ui,sans-serif;margin:2rem}h2{font-size:1rem;margin:1.5rem 0 .2rem}p{margin:.2rem 0;color:#555}td{padding:0 1rem 0 0;vertical-align:top}td:first-child{text-align:right}small{font-weight:normal;color:#555}';
