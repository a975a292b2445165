import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, Caller, eventually, makeKey, scratch, signIn, startYutu, type Yutu } from '../harness.js';
import { tileAt, tilePath } from '../tile.js';

/** Authorities and certificates, made with openssl. */
let folder: string;
const file = (name: string) => join(folder, name);
const pem = (name: string) => readFileSync(file(`${name}.crt`), 'utf8');
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function authority(name: string) {
  openssl('req', '-x509', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.crt`, '-days', '30', '-subj', '/CN=City CA');
}
function certificate(name: string, subject: string, ca: string, days = '20') {
  openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
  openssl(
    ...['x509', '-req', '-in', `${name}.csr`, '-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial'],
    ...['-out', `${name}.crt`, '-days', days],
  );
}

beforeAll(() => {
  folder = mkdtempSync(join(scratch(), 'certificates-'));
  authority('ca');
  authority('stranger'); // of the same name, with a key of its own
  certificate('server', '/CN=localhost', 'ca');
  certificate('gis', '/C=CN/O=Planning/CN=gis.example', 'ca');
  certificate('renewed', '/C=CN/O=Planning/CN=gis.example', 'ca');
  certificate('comma', '/C=CN/CN=x, O=Planning/OU=y', 'ca');
  certificate('nobody', '/C=CN/O=Water/CN=other.example', 'ca');
  certificate('forged', '/C=CN/O=Planning/CN=gis.example', 'stranger');
  certificate('over', '/C=CN/O=Planning/CN=gis.example', 'ca', '-1');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const codeOf = ({ status, json }: Answer) => [status, json.code];
const closed = '/api/collections/parcels/items?limit=1';
const closedTile = tilePath('parcels', tileAt(106.55, 29.56, 14));

describe('passed on by a proxy', () => {
  const SECRET = 'a-secret-of-the-proxy';
  let yutu: Yutu;
  let steward: Caller;
  beforeAll(async () => {
    yutu = await startYutu({
      env: { TRUST_PROXY: 'true', CLIENT_CERT_HEADER: 'X-Client-Cert', PROXY_SECRET: SECRET, TLS_CLIENT_CA: file('ca.crt') },
    });
    steward = await signIn(yutu, 'steward');
  });
  afterAll(() => yutu?.remove());

  const escaped = (name: string) => encodeURIComponent(pem(name));
  const structured = (name: string) => `:${pem(name).replace(/-----[^-]+-----|\s/g, '')}:`;
  const through = (header: string, secret: string | null = SECRET, more = {}) =>
    new Caller(yutu.url, { 'x-client-cert': header, ...(secret !== null && { 'yutu-proxy-secret': secret }), ...more });
  const register = (name: string, more: object = {}) =>
    steward.post('/api/certificates', { name, certificate: pem(name), ...more });

  it('acts like a key of its organisation, in its scope, until it is revoked', async () => {
    expect(codeOf(await through(escaped('gis')).get(closed))).toEqual([401, 'certificate_unknown']);
    const made = await register('gis', { layers: ['parcels'], actions: ['view', 'query'], quota: 1000 });
    expect([made.status, made.json.subject]).toEqual([201, null]);
    expect(made.json.fingerprint).toMatch(/^sha256:[0-9a-f]{64}$/);
    for (const header of [escaped('gis'), structured('gis')])
      for (const path of [closed, closedTile, closedTile]) expect((await through(header).get(path)).status).toBe(200);
    expect(codeOf(await through(escaped('gis')).get('/api/collections/parcels/export?f=geojson'))).toEqual([403, 'key_action']);
    expect(codeOf(await through(escaped('gis')).post('/api/keys', { name: 'x' }))).toEqual([403, 'person_required']);
    // another certificate of the same subject is another one
    expect(codeOf(await through(escaped('renewed')).get(closed))).toEqual([401, 'certificate_unknown']);
    expect(codeOf(await register('gis'))).toEqual([409, 'certificate_taken']);
    await eventually(async () => {
      expect((await steward.get('/api/collections/parcels/usage')).text).toContain('"certificate"');
    });

    expect((await steward.delete(`/api/certificates/${made.json.id}`)).status).toBe(204);
    for (const path of [closed, closedTile])
      expect(codeOf(await through(escaped('gis')).get(path))).toEqual([401, 'certificate_unknown']);
    const log = await (await signIn(yutu, 'auditor')).get('/api/audit?action=certificate_registered');
    expect(log.json.entries[0]).toMatchObject({ actor: 'steward', subject: made.json.id });
  });

  it('by its subject it may be renewed', async () => {
    const made = await register('gis', { match: 'subject' });
    expect(made.json).toMatchObject({ fingerprint: null, subject: 'C=CN, O=Planning, CN=gis.example' });
    for (const name of ['gis', 'renewed']) expect((await through(escaped(name)).get(closed)).status).toBe(200);
    // the same names within one name are no subject of that kind
    expect(codeOf(await through(escaped('comma')).get(closed))).toEqual([401, 'certificate_unknown']);
    for (const name of ['forged', 'over'])
      for (const path of [closed, closedTile, '/api/collections/districts'])
        expect([name, ...codeOf(await through(escaped(name)).get(path))]).toEqual([name, 401, 'certificate_untrusted']);
    await steward.delete(`/api/certificates/${made.json.id}`);
  });

  it('is believed of our proxy only', async () => {
    const { id } = (await register('gis')).json;
    for (const secret of [null, '', 'wrong', `${SECRET}x`, SECRET.toUpperCase()])
      for (const path of [closed, closedTile]) {
        // as if there were no certificate at all
        expect(codeOf(await through(escaped('gis'), secret).get(path))).toEqual([401, 'layer_needs_sign_in']);
        expect((await through('nonsense', secret).get('/api/collections/districts')).status).toBe(200);
      }
    expect((await through(escaped('gis')).get(closed)).status).toBe(200);
    await steward.delete(`/api/certificates/${id}`);
  });

  it.each(['nonsense', ':AAAA:', ':%%:', '%', '%00', '-----BEGIN CERTIFICATE-----', 'a'.repeat(9_000)])(
    'that cannot be read (%s) is refused in words',
    async (header) => {
      expect(codeOf(await through(header).get('/api/collections/districts'))).toEqual([401, 'certificate_untrusted']);
    },
  );

  it('gives way to a key, and beats a cookie', async () => {
    const { key } = await makeKey(steward, 'beside a certificate');
    expect((await through(escaped('nobody'), SECRET, { authorization: `Bearer ${key}` }).get(closed)).status).toBe(200);
    expect(codeOf(await through(escaped('nobody'), SECRET, steward.headers).get(closed))).toEqual([401, 'certificate_unknown']);
  });

  it.each([
    ['of an unknown authority', () => ({ certificate: pem('forged') }), 400],
    ['that is over', () => ({ certificate: pem('over') }), 400],
    ['of an authority itself', () => ({ certificate: pem('ca') }), 400],
    ['that is none', () => ({ certificate: 'nonsense' }), 400],
    ['for a layer that there is not', () => ({ certificate: pem('nobody'), layers: ['no_such_layer'] }), 404],
    ['beyond the policy’s term', () => ({ certificate: pem('nobody'), until: '2099-01-01' }), 400],
  ])('is not registered %s', async (_what, body, status) => {
    const before = (await steward.get('/api/certificates')).json.certificates.length;
    expect((await steward.post('/api/certificates', { name: 'bad', ...body() })).status).toBe(status);
    expect((await steward.get('/api/certificates')).json.certificates).toHaveLength(before);
  });

  it('is the business of those who answer for the organisation’s data', async () => {
    const planner = await signIn(yutu, 'planner');
    expect(codeOf(await planner.post('/api/certificates', { name: 'x', certificate: pem('nobody') }))).toEqual([
      403,
      'role_required',
    ]);
    const { id } = (await register('nobody')).json;
    const other = await signIn(yutu, 'steward-water');
    expect(codeOf(await other.delete(`/api/certificates/${id}`))).toEqual([404, 'certificate_not_found']);
    expect((await other.get('/api/certificates')).text).not.toContain(id);
  });
});

describe('at the app itself', () => {
  let yutu: Yutu;
  beforeAll(async () => {
    yutu = await startYutu({ env: { TLS_CERT: file('server.crt'), TLS_KEY: file('server.key'), TLS_CLIENT_CA: file('ca.crt') } });
  });
  afterAll(() => yutu?.remove());

  /** One request over TLS on a connection of its own. */
  const ask = (
    path: string,
    name: string | null,
    init: { method?: string; headers?: Record<string, string>; body?: object } = {},
  ) =>
    new Promise<{
      status: number;
      headers: https.RequestOptions['headers'];
      json: { code?: string; id?: string; links?: { href: string }[] } | null;
    }>((resolve, reject) => {
      const own = name === null ? {} : { cert: pem(name), key: readFileSync(file(`${name}.key`)) };
      const body = init.body && JSON.stringify(init.body);
      const headers = { 'accept-language': 'en', ...(body && { 'content-type': 'application/json' }), ...init.headers };
      https
        .request(
          `https://localhost:${yutu.port}${path}`,
          { method: init.method ?? 'GET', ca: pem('ca'), agent: false, headers, ...own },
          (res) => {
            const chunks: Buffer[] = [];
            res.on('data', (chunk) => chunks.push(chunk));
            res.on('end', () => {
              const text = Buffer.concat(chunks).toString();
              resolve({
                status: res.statusCode!,
                headers: res.headers,
                json: /json/.test(String(res.headers['content-type'])) && text ? JSON.parse(text) : null,
              });
            });
          },
        )
        .on('error', reject)
        .end(body);
    });

  it('signs in over https with a cookie bound to this host, and knows systems by their certificates', async () => {
    const signedIn = await ask('/api/session', null, { method: 'POST', body: { username: 'steward', password: 'yutu-demo' } });
    const cookie = String((signedIn.headers as Record<string, string[]>)['set-cookie']![0]);
    expect(cookie).toMatch(/^__Host-yutu_session=[^;]+;.*Path=\/;.*HttpOnly;.*Secure/);
    const session = { cookie: cookie.split(';')[0]! };
    // the same token under the plain name, which a neighbour could have set, is nobody's
    const plain = { cookie: session.cookie.replace('__Host-', '') };
    expect((await ask(closed, null, { headers: plain })).status).toBe(401);
    expect((await ask(closed, null, { headers: session })).status).toBe(200);

    const made = await ask('/api/certificates', null, {
      method: 'POST',
      headers: session,
      body: { name: 'gis', certificate: pem('gis') },
    });
    expect(made.status).toBe(201);
    for (const path of [closed, closedTile]) expect((await ask(path, 'gis')).status).toBe(200);
    for (const [name, code] of [
      ['nobody', 'certificate_unknown'],
      ['forged', 'certificate_untrusted'],
      ['over', 'certificate_untrusted'],
    ] as const)
      for (const path of [closed, closedTile]) {
        const { status, json } = await ask(path, name);
        expect([name, status, json!.code]).toEqual([name, 401, code]);
      }
    expect((await ask(closed, null)).json!.code).toBe('layer_needs_sign_in');
    // a header is no certificate here
    const spoofed = await ask(closed, null, { headers: { 'x-client-cert': encodeURIComponent(pem('gis')) } });
    expect(spoofed.json!.code).toBe('layer_needs_sign_in');
    expect((await ask('/api', null)).json!.links![0]!.href).toMatch(/^https:/);

    expect((await ask(`/api/certificates/${made.json!.id}`, null, { method: 'DELETE', headers: session })).status).toBe(204);
    expect((await ask(closed, 'gis')).json!.code).toBe('certificate_unknown');
  });
});
