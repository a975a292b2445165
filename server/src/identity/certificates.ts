import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { LRUCache } from 'lru-cache';
import { fail } from '../errors/fail.js';
import { isProvenProxy, type ProxyTrust } from './networks.js';

/** A client's certificate, whose private key it holds: proved to us, or to the proxy in front. */
export interface Presented {
  /** 'sha256:' and hex digits. */
  fingerprint: string;
  /** As `subjectOf` writes it. */
  subject: string;
  /** Whether an authority of ours issued it. */
  trusted: boolean;
  /** ms since the epoch */
  from: number;
  until: number;
}

/** Names of a certificate's subject in one line, in its own order. Commas within a name are escaped (RFC 2253): no name passes for two. */
export const subjectOf = (certificate: X509Certificate): string => certificate.subject.split('\n').join(', ');

export const fingerprintOf = (certificate: X509Certificate): string =>
  `sha256:${certificate.fingerprint256.replaceAll(':', '').toLowerCase()}`;

/** Authorities from a file of one or more certificates in PEM. @throws Error when it holds none */
export function readAuthorities(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!blocks) throw new Error('TLS_CLIENT_CA holds no certificate in PEM.');
  return blocks.map((block) => new X509Certificate(block));
}

/** A certificate in PEM or DER; null for what is none. */
export function readCertificate(text: string | Buffer): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch {
    return null;
  }
}

/** Whether one of the authorities issued it. Their certificates are compared by their keys, not by names only. */
export const isIssuedBy = (certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean =>
  authorities.some((ca) => ca.ca && certificate.checkIssued(ca) && certificate.verify(ca.publicKey));

export interface CertificateOptions {
  /** Header in which the proxy passes certificates on, in lower case; null: it passes none. */
  header: string | null;
  /** Authorities of clients; null: whatever the proxy lets through. */
  authorities: readonly X509Certificate[] | null;
  trust: ProxyTrust;
}

/** Finds the certificate that a client presented to us over TLS, or to our proxy. */
export class PresentedCertificates {
  private readonly sockets = new WeakMap<object, Presented>();
  private readonly headers = new LRUCache<string, Presented>({ max: 2_000 });

  constructor(private readonly options: CertificateOptions) {}

  /** @throws `certificate_untrusted` for one that nobody of ours issued, that is not yet or no longer valid, or that cannot be read */
  of(req: IncomingMessage): Presented | null {
    const presented = this.fromProxy(req) ?? this.fromSocket(req);
    if (presented === null) return null;
    const now = Date.now();
    if (!presented.trusted || now < presented.from || now > presented.until) fail('certificate_untrusted');
    return presented;
  }

  private fromSocket(req: IncomingMessage): Presented | null {
    const socket = req.socket as TLSSocket | undefined;
    if (!socket?.encrypted) return null;
    const known = this.sockets.get(socket);
    if (known) return known;
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) return null;
    const presented = present(certificate, socket.authorized);
    this.sockets.set(socket, presented);
    return presented;
  }

  /** The header is our proxy's to write: from anyone else it is taken away, so that nobody behind us believes it. */
  private fromProxy(req: IncomingMessage): Presented | null {
    const { header, authorities, trust } = this.options;
    if (header === null) return null;
    const value = req.headers[header];
    if (value === undefined || value === '') return null;
    if (!isProvenProxy(req, trust)) {
      delete req.headers[header];
      return null;
    }
    const text = String(value);
    const known = this.headers.get(text);
    if (known) return known;
    const certificate = readHeader(text);
    if (!certificate) fail('certificate_untrusted');
    const presented = present(certificate, authorities === null || isIssuedBy(certificate, authorities));
    this.headers.set(text, presented);
    return presented;
  }
}

const present = (certificate: X509Certificate, trusted: boolean): Presented => ({
  fingerprint: fingerprintOf(certificate),
  subject: subjectOf(certificate),
  trusted,
  from: Date.parse(certificate.validFrom),
  until: Date.parse(certificate.validTo),
});

/** As RFC 9440 has it (DER in base64 between colons), or PEM with escapes, as nginx writes it. */
function readHeader(text: string): X509Certificate | null {
  const structured = /^:([A-Za-z0-9+/=]+):$/.exec(text.trim());
  if (structured) return readCertificate(Buffer.from(structured[1]!, 'base64'));
  try {
    return readCertificate(decodeURIComponent(text));
  } catch {
    return null;
  }
}
