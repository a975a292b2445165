import { SMTPServer } from 'smtp-server';

export interface Received {
  to: string;
  from: string;
  text: string;
}

/** A mail server on this machine, for one test. Who begins with `later.` is refused once, who begins with `gone.` for good. */
export async function mailServer(): Promise<{ url: string; received: Received[]; tries: string[]; close(): Promise<void> }> {
  const received: Received[] = [];
  const tries: string[] = [];
  const refusal = (responseCode: number) => Object.assign(new Error('not taken'), { responseCode });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, answer) {
      tries.push(address);
      const first = tries.filter((one) => one === address).length === 1;
      if (address.startsWith('gone.')) return answer(refusal(550));
      answer(address.startsWith('later.') && first ? refusal(451) : null);
    },
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        for (const { address } of envelope.rcptTo)
          received.push({
            to: address,
            from: envelope.mailFrom ? envelope.mailFrom.address : '',
            text: plain(Buffer.concat(parts).toString('utf8')),
          });
        done();
      });
    },
  });
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => resolve((listening.address() as { port: number }).port));
  });
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    tries,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A mail's body as a person reads it. */
function plain(mail: string): string {
  const [head = '', ...rest] = mail.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  if (/^content-transfer-encoding: base64/im.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/^content-transfer-encoding: quoted-printable/im.test(head)) return body;
  const bytes = body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
