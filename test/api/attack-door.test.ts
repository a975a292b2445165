import { beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, type Place, signIn, startYutu } from '../harness.js';
import { shared } from '../instance.js';
import { sendRaw } from '../raw.js';
import { tileAt, tilePath } from '../tile.js';

/** What stands before every room: addresses, methods and requests that were not meant for it. */
let place: Place;
let nobody: Caller;
beforeAll(() => {
  place = shared();
  nobody = anonymous(place);
});
const raw = (text: string, more = {}) => sendRaw(place, text.replaceAll('\n', '\r\n'), more);
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

describe('an address of the API that is written otherwise', () => {
  const same = [
    '/API',
    '/Api/collections',
    '/api/../API/collections',
    '//api/collections',
    '/api//collections',
    '/%61pi/collections',
  ];
  const others = [
    '/./api',
    '/x/../api/collections',
    '/api%2Fcollections',
    '/%2561pi',
    '/\\api',
    '/api;x=1/collections',
    '/aPi/session',
  ];
  const probes = ['/HEALTHZ', '//readyz', '/Metrics', '/%6detrics', '/healthz/', '/_COMMAND'];
  it.each([...same, ...others, ...probes])('%s is the API’s answer or none, never the page', async (path) => {
    const { text, statuses } = await raw(`GET ${path} HTTP/1.1\nHost: localhost\nAccept-Language: en\nConnection: close\n\n`);
    expect([path, statuses]).toEqual([path, [404]]);
    expect(text).toContain('application/problem+json');
    expect(text).toContain(`Content-Security-Policy: ${DATA_POLICY}`);
    expect(text).toContain('Access-Control-Allow-Origin: *');
    expect(text).toContain('Cache-Control: no-store');
    expect(text).not.toContain('<html');
  });

  it('is none for a signed-in person either: nothing is done under another address', async () => {
    const planner = await signIn(place, 'planner');
    for (const path of ['/API/session', '/api%2Fsession', '/Api/session'])
      expect([path, (await planner.delete(path)).status]).toEqual([path, 404]);
    expect((await planner.get('/api/session')).json.user.username).toBe('planner');
  });

  it('as a whole address it is taken where it names the host it was sent to, and nowhere else', async () => {
    const whole = (host: string) =>
      raw(`GET http://localhost:81/api/conformance HTTP/1.1\nHost: ${host}\nConnection: close\n\n`).then((h) => h);
    const own = await whole('localhost:81');
    expect([own.statuses, own.text.includes(DATA_POLICY)]).toEqual([[200], true]);
    expect((await whole('elsewhere')).statuses).toEqual([400]);
    for (const target of ['*', 'api', 'ftp://localhost/api'])
      expect([target, (await raw(`GET ${target} HTTP/1.1\nHost: localhost\nConnection: close\n\n`)).statuses]).toEqual([
        target,
        [400],
      ]);
  });
});

describe('who looks for another service', () => {
  const services: [string, string][] = [
    ['/wfs?service=WFS&request=GetCapabilities', '/api/collections'],
    ['/WFS', '/api/collections'],
    ['/csw?service=CSW', '/api/collections'],
    ['/wms?service=WMS&request=GetMap', '/api/tiles'],
    ['/wmts/1.0.0/WMTSCapabilities.xml', '/api/tiles'],
    ['/?SERVICE=WFS&REQUEST=GetCapabilities', '/api/collections'],
    ['/arcgis/rest/services?f=json', '/api/collections'],
    ['/arcgis/rest/services/parcels/FeatureServer/0/query', '/api/collections'],
    ['/rest/services', '/api/collections'],
    ['/geoserver/ows', '/api'],
    ['/geoserver/web/', '/api'],
    ['/ogc/features/collections', '/api'],
    ['/ogcapi', '/api'],
    ['/cgi-bin/mapserv', '/api'],
    ['/collections/parcels/items', '/api'],
    ['/conformance', '/api'],
  ];
  it.each(services)('%s is told where ours are', async (path, ours) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const answer = await nobody.send(method, path);
      expect([method, path, answer.status, answer.json.code]).toEqual([method, path, 404, 'service_elsewhere']);
      expect(answer.headers).toMatchObject({ 'content-security-policy': DATA_POLICY, 'access-control-allow-origin': '*' });
      expect(answer.json.detail).toContain(`http://127.0.0.1:${place.port}${ours}`);
    }
    expect((await nobody.get(path, { 'accept-language': 'zh' })).json.detail).toMatch(/[一-龥]/);
  });

  it.each(['/\\elsewhere.example/%2e%2e', '//elsewhere.example/%2e%2e', '/assets', '/assets/%2e%2e/assets'])(
    '%s sends nobody elsewhere',
    async (path) => {
      const { text, statuses } = await raw(`GET ${path} HTTP/1.1\nHost: localhost\nAccept: text/html\nConnection: close\n\n`);
      expect([path, text.match(/^location:.*/im)]).toEqual([path, null]);
      expect([200, 400, 403, 404]).toContain(statuses[0]);
    },
  );

  it('the viewer’s own pages are not taken for one', async () => {
    for (const path of ['/', '/?request=parcels', '/requests', '/catalogue/parcels', '/compare?layers=a', '/keys']) {
      const { status, headers } = await nobody.get(path, { accept: 'text/html' });
      expect([path, status, headers['content-type']]).toEqual([path, 200, expect.stringContaining('text/html')]);
    }
  });
});

describe('methods', () => {
  it.each(['/healthz', '/readyz', '/metrics'])('%s is read, nothing else', async (path) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const answer = await nobody.send(method, path);
      expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'GET, HEAD']);
      expect(answer.json.code).toBe('method_not_allowed');
    }
    expect((await nobody.get(path)).status).toBe(200);
    const head = await nobody.head(path);
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('that nobody here knows are refused everywhere, and TRACE gives no credentials back', async () => {
    for (const path of ['/', '/api', '/api/session', tilePath('districts', tileAt(106.5, 29.5, 9))])
      for (const method of ['TRACE', 'PROPFIND', 'MKCOL']) {
        const answer = await nobody.send(method, path, undefined, { cookie: 'yutu_session=secret' });
        expect([path, method, answer.status]).toEqual([path, method, 405]);
        expect(answer.headers.allow).toMatch(/GET, HEAD/);
        expect(answer.text).not.toContain('secret');
      }
    expect((await raw('CONNECT localhost:22 HTTP/1.1\nHost: localhost\n\n')).statuses.filter((s) => s < 400)).toEqual([]);
  });
});

describe('a request that two machines read differently', () => {
  const tail = 'Connection: close\n\n';
  const refused: [string, string][] = [
    ['two hosts', `GET /api HTTP/1.1\nHost: a\nHost: b\n${tail}`],
    ['the same host twice', `GET /api HTTP/1.1\nHost: a\nhOST: a\n${tail}`],
    [
      'two hosts for a tile of the cache',
      `GET ${tilePath('districts', tileAt(106.5, 29.5, 9))} HTTP/1.1\nHost: a\nHost: b\n${tail}`,
    ],
    ['two hosts for the page', `GET / HTTP/1.1\nHost: a\nHost: b\n${tail}`],
    ['two hosts for the health', `GET /healthz HTTP/1.1\nHost: a\nHost: b\n${tail}`],
    ['no host', `GET /api HTTP/1.1\n${tail}`],
    ['two credentials', `GET /api HTTP/1.1\nHost: a\nAuthorization: Bearer x\nAuthorization: Bearer y\n${tail}`],
    ['two lengths', `POST /api/session HTTP/1.1\nHost: a\nContent-Length: 2\nContent-Length: 3\n${tail}{}x`],
    ['the same length twice', `POST /api/session HTTP/1.1\nHost: a\nContent-Length: 2\nContent-Length: 2\n${tail}{}`],
    ['two lengths in one line', `POST /api/session HTTP/1.1\nHost: a\nContent-Length: 2, 2\n${tail}{}`],
    ['a length with a sign', `POST /api/session HTTP/1.1\nHost: a\nContent-Length: +2\n${tail}{}`],
    ['a length and chunks', `POST /api/session HTTP/1.1\nHost: a\nContent-Length: 2\nTransfer-Encoding: chunked\n${tail}0\n\n`],
    ['chunks under another name', `POST /api/session HTTP/1.1\nHost: a\nTransfer-Encoding: xchunked\n${tail}0\n\n`],
    ['chunks that are not last', `POST /api/session HTTP/1.1\nHost: a\nTransfer-Encoding: chunked, identity\n${tail}0\n\n`],
    ['chunks twice', `POST /api/session HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n${tail}0\n\n`],
    ['a space before the colon', `POST /api/session HTTP/1.1\nHost: a\nContent-Length : 2\n${tail}{}`],
    ['a folded line', `GET /api HTTP/1.1\nHost: a\nX-A: b\n c\n${tail}`],
  ];
  it.each(refused)('is refused: %s', async (_what, text) => {
    const heard = await raw(text);
    expect(heard.statuses).toEqual([400]);
    expect(heard.text).toContain('"code":"request_malformed"');
  });

  it('is refused: lines that end with LF alone', async () => {
    const heard = await sendRaw(place, 'GET /api HTTP/1.1\nHost: a\n\n');
    expect(heard.statuses.filter((s) => s < 400)).toEqual([]);
  });

  it('a body that looks like a request is no second one', async () => {
    const inner = 'DELETE /api/session HTTP/1.1\r\nHost: a\r\n\r\n';
    for (const path of [tilePath('districts', tileAt(106.5, 29.5, 9)), '/api/conformance', '/healthz', '/nosuch.png']) {
      const heard = await sendRaw(place, `GET ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`);
      expect([path, heard.statuses.length]).toEqual([path, 1]);
    }
  });
});

describe('a client that takes its time', () => {
  it('is hung up on: headers, then bodies, that do not come to an end; others are served meanwhile', async () => {
    const yutu = await startYutu({ start: 'empty', env: { HEADERS_TIMEOUT_MS: '1000', REQUEST_TIMEOUT_MS: '2000' } });
    try {
      const drops = (text: string, n: number) => [text, ...Array.from({ length: n }, (_, i) => `X-${i}: y\r\n`)];
      const slow = { pauseMs: 250, silenceMs: 8_000 };
      const [headers, body, other] = await Promise.all([
        sendRaw(yutu, drops('GET /healthz HTTP/1.1\r\nHost: a\r\n', 24), slow),
        sendRaw(
          yutu,
          ['POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n', '{"'],
          slow,
        ),
        anonymous(yutu).get('/healthz'),
      ]);
      expect(other.status).toBe(200);
      expect(headers).toMatchObject({ statuses: [408], closed: true });
      expect(headers.text).toContain('"code":"request_timeout"');
      expect(headers.ms).toBeLessThan(4_000);
      expect(body.closed).toBe(true);
      expect(body.statuses.filter((s) => s < 400)).toEqual([]);
      expect(body.ms).toBeLessThan(6_000);
    } finally {
      await yutu.remove();
    }
  });
});

describe('what the instance tells of itself', () => {
  it('holds no threshold at which drawing is noticed, and no cap of grants', async () => {
    for (const caller of [nobody, await signIn(place, 'planner'), await signIn(place, 'steward-housing')]) {
      const { json, status } = await caller.get('/api/instance');
      expect(status).toBe(200);
      expect(Object.keys(json).sort()).toEqual(
        [
          ...['approvalNumber', 'brandEn', 'brandZh', 'cityEn', 'cityZh', 'demo', 'demoAccounts', 'home', 'matters'],
          ...['noticeEn', 'noticeZh', 'oidc', 'refusalReasons', 'taglineEn', 'taglineZh', 'themes'],
        ].sort(),
      );
      for (const { yutu } of (await caller.get('/api/collections')).json.collections)
        expect(yutu.policy).not.toHaveProperty('extraction');
    }
  });
});
