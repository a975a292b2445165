import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail } from '../errors/fail.js';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const READS = new Set(['GET', 'HEAD']);
/** What operators' machines ask for. */
export const PLAIN = new Set(['/healthz', '/readyz', '/metrics']);
/** First segments that are ours, spelt as they are. */
const OURS = new Set(['api', 'healthz', 'readyz', 'metrics', '_command']);
/** Where other platforms have their services, and where ours of that kind begin. */
const SERVICES = new Map<string, string>([
  ...['wfs', 'csw', 'arcgis', 'rest'].map((name) => [name, '/api/collections'] as const),
  ...['wms', 'wmts', 'tms', 'xyz'].map((name) => [name, '/api/tiles'] as const),
  ...['wcs', 'wps', 'ows', 'sos', 'geoserver', 'mapserver', 'qgisserver', 'geoprocessing', 'cgi-bin'].map(
    (n) => [n, '/api'] as const,
  ),
  ...['ogc', 'ogcapi', 'collections', 'conformance', 'processes', 'services'].map((name) => [name, '/api'] as const),
]);

/** A request's target. */
export interface Target {
  path: string;
  /** Without its question mark; empty when there is none. */
  query: string;
}

/**
 * Refuses, before any room is asked, what a proxy in front may have read differently: no host or two, two credentials, a target that names another
 * host, a method that nobody here knows. Looked at for every request, also for tiles of the cache. A target with our own host becomes its path.
 * @throws `request_malformed`, `method_not_allowed`
 */
export function admit(req: IncomingMessage, res: ServerResponse): Target {
  const { rawHeaders } = req;
  let { url = '' } = req;
  let hosts = 0;
  let credentials = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
    else if (name.length === 13 && name.toLowerCase() === 'authorization') credentials++;
  }
  if (hosts > 1 || (hosts === 0 && req.httpVersionMinor > 0) || credentials > 1) fail('request_malformed');
  if (!url.startsWith('/')) {
    const [, authority, path] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
    // RFC 9112 §3.2.2: a whole address is to be taken; the host in it goes before the header, so they must agree.
    if (authority === undefined || authority.toLowerCase() !== req.headers.host?.toLowerCase()) fail('request_malformed');
    req.url = url = path!.startsWith('/') ? path! : `/${path}`;
  }
  const mark = url.indexOf('?');
  const target = mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
  const methods = PLAIN.has(target.path) ? READS : METHODS;
  if (!methods.has(req.method ?? '')) {
    res.setHeader('Allow', [...methods].join(', '));
    fail('method_not_allowed', { method: String(req.method) });
  }
  return target;
}

/** The path's segments, as the most forgiving of servers would read them. */
function segmentsOf(path: string): string[] {
  let text = path;
  for (let turn = 0; turn < 3 && text.includes('%'); turn++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      break;
    }
  }
  const segments: string[] = [];
  for (const part of text.toLowerCase().split(/[/\\]+/)) {
    const name = part.split(';')[0]!;
    if (name === '..') segments.pop();
    else if (name !== '' && name !== '.') segments.push(name);
  }
  return segments;
}

/**
 * What is none of the viewer's addresses is not answered with its page: an address of ours spelt otherwise, under which no room would set the API's
 * headers, and the addresses of services that other platforms have.
 * @throws `not_found`, `service_elsewhere`
 */
export function refuseElsewhere({ path, query }: Target): void {
  const [first = ''] = segmentsOf(path);
  if (OURS.has(first) && path !== `/${first}` && !path.startsWith('/api/')) fail('not_found');
  if (OURS.has(first)) return;
  const asked = /(?:^|&)service=(w[a-z]+s|csw|sos)(?:&|$)/i.exec(query)?.[1]?.toLowerCase();
  const ours = SERVICES.get(first) ?? (asked && (SERVICES.get(asked) ?? '/api'));
  if (ours) fail('service_elsewhere', { service: asked ?? first, requestApi: ours });
}
