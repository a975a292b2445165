import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Config } from '../config.js';

/** The header in which a proxy says its secret. */
export const PROXY_SECRET_HEADER = 'yutu-proxy-secret';

/** @param networks in CIDR notation, or single addresses (`network` of the contract) */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/') as [string, string?];
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Whether the address lies in one of the networks; what is no address lies in none. */
export function liesIn(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** What is believed of proxies in front of the platform. */
export interface ProxyTrust {
  trustProxy: boolean;
  /** Addresses of the proxies; null: whoever connects, as far as forwarded addresses go. */
  networks: BlockList | null;
  secret: string | null;
}

/** What the settings say of them. */
export const proxyTrust = (config: Pick<Config, 'trustProxy' | 'proxyNetworks' | 'proxySecret'>): ProxyTrust => ({
  trustProxy: config.trustProxy,
  networks: config.proxyNetworks && networkList(config.proxyNetworks),
  secret: config.proxySecret,
});

/** An IPv4 address that came in over an IPv6 socket, as IPv4. */
const plain = (address: string): string => (address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address);

/** Whether a proxy at this address is believed what it says of the client's. */
export const trustsAddress = ({ trustProxy, networks }: ProxyTrust, address: string): boolean =>
  trustProxy && (networks === null || liesIn(networks, plain(address)));

/** Whether the one who connected is a proxy whose word on the client's address counts. */
export const isProxy = (req: IncomingMessage, trust: ProxyTrust): boolean =>
  trustsAddress(trust, req.socket?.remoteAddress ?? '');

/** Whether the one who connected has proved to be our proxy: by its address, or by the secret. What it says of clients' certificates counts. */
export function isProvenProxy(req: IncomingMessage, trust: ProxyTrust): boolean {
  if (!isProxy(req, trust)) return false;
  if (trust.secret === null) return trust.networks !== null;
  const given = Buffer.from(String(req.headers[PROXY_SECRET_HEADER] ?? ''));
  const expected = Buffer.from(trust.secret);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The client's address: the connection's, or the one that the proxy in front says. One hop: what a client writes itself stays unbelieved. */
export function clientAddress(req: IncomingMessage, trust: ProxyTrust): string {
  if (isProxy(req, trust)) {
    const forwarded = String(req.headers['x-forwarded-for'] ?? '')
      .split(',')
      .at(-1)!
      .trim();
    if (isIP(forwarded) !== 0) return plain(forwarded);
  }
  return plain(req.socket?.remoteAddress ?? '');
}
