import { expect, it } from 'vitest';
import { isAway, rethrow } from './away.js';

const fault = (more: object, message = 'x') => Object.assign(new Error(message), more);

it.each([
  ['a refused connection', fault({ code: 'ECONNREFUSED', syscall: 'connect' })],
  ['a host without a way to it', fault({ code: 'EHOSTUNREACH' })],
  ['a network that is down', fault({ code: 'ENETUNREACH' })],
  ['a socket that is not there', fault({ code: 'ENOENT', syscall: 'connect' })],
  ['several addresses, none of which answers', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })],
  ['too many connections', fault({ code: '53300', severity: 'FATAL' })],
  ['a wrong password', fault({ code: '28P01', severity: 'FATAL' })],
  ['no entry in pg_hba.conf', fault({ code: '28000', severity: 'FATAL' })],
  ['a role that may not log in', fault({ code: '28000', severity: 'FATAL' })],
  ['a database that takes no connections', fault({ code: '55000', severity: 'FATAL' })],
  ['a database that was dropped', fault({ code: '3D000', severity: 'FATAL' })],
  ['a shutdown', fault({ code: '57P01', severity: 'FATAL' })],
  ['a standby', fault({ code: '25006', severity: 'ERROR' })],
  ['a server without TLS', fault({}, 'The server does not support SSL connections')],
  ['a certificate of nobody', fault({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })],
  ['a certificate of another', fault({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })],
  ['a connection that broke', fault({}, 'Connection terminated unexpectedly')],
])('the database is away: %s', (_what, error) => {
  expect(() => rethrow(error, 1000)).toThrow(expect.objectContaining({ code: 'database_unavailable' }));
});

it.each([
  ['a faulty statement', fault({ code: '42601', severity: 'ERROR' })],
  ['a value out of range', fault({ code: '22003', severity: 'ERROR' })],
  ['an object in use', fault({ code: '55006', severity: 'ERROR' })],
  ['a fault of ours', new TypeError('x is not a function')],
  ['nothing', undefined],
])('the database is there: %s', (_what, error) => {
  expect(isAway(error)).toBe(false);
});

it.each([
  ['a statement', fault({ code: '57014', severity: 'ERROR' })],
  [
    'a call into GEOS',
    fault({ code: 'XX000', severity: 'ERROR' }, 'lwgeom_unaryunion_prec: GEOS Error: InterruptedException: Interrupted!'),
  ],
])('a time that is over is said as that: %s', (_what, error) => {
  expect(() => rethrow(error, 30_000)).toThrow(expect.objectContaining({ code: 'query_timeout', values: { seconds: 30 } }));
});

it('another fault of GEOS is none of time', () => {
  const other = fault({ code: 'XX000' }, 'GEOSIntersects: TopologyException: side location conflict at 106.5 29.5');
  expect(() => rethrow(other, 30_000)).toThrow(other);
});
