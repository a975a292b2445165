import { createTransport } from 'nodemailer';
import { record } from '../audit/chain.js';
import type { Config } from '../config.js';
import type { Database, Queryable } from '../db/database.js';
import type { Vault } from '../identity/vault.js';
import { counts, delivered, expire, failed, type Letter, open, post, take } from './outbox.js';

export type MailSettings = NonNullable<Config['mail']>;

const EVERY_MS = 5_000;
const isHere = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);

/** Whether the server refuses this mail for good: another try would say the same. A refused password is the operator's to mend. */
const isFinal = ({ code, responseCode = 0 }: { code?: string; responseCode?: number }) =>
  (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 500;

/** Sends what lies in the outbox by SMTP: each mail at least once, until its time is over. */
export class Mailer {
  private readonly transport;
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | null = null;
  private again = false;
  private closed = false;

  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    private readonly settings: MailSettings,
  ) {
    this.transport = createTransport({
      url: settings.url,
      // A link that opens an account does not travel readable, but within this machine.
      requireTLS: !isHere(new URL(settings.url).hostname),
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    this.timer = setInterval(() => void this.run(), Math.min(EVERY_MS, settings.retrySeconds * 1000));
    this.timer.unref();
  }

  /** Puts a mail into the outbox, in the transaction of its deed. */
  post = (q: Queryable, letter: Letter): Promise<void> => post(q, this.vault, letter);

  /** Sends what is due, one after the other; what fails is tried again later. Never throws. */
  run(): Promise<void> {
    this.again = true;
    this.running ??= this.work()
      .catch(() => {}) // the database is away: the next turn tries anew
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  private async work(): Promise<void> {
    while (this.again && !this.closed) {
      this.again = false;
      for (const username of await expire(this.db)) await this.note(username);
      for (let next = await this.next(); next && !this.closed; next = await this.next()) await this.deliver(next);
    }
  }

  private next = () => take(this.db, this.settings.retrySeconds);

  private async deliver(taken: NonNullable<Awaited<ReturnType<typeof take>>>): Promise<void> {
    try {
      const { subject, text } = open(this.vault, taken);
      const { from } = this.settings;
      // The same id at every try: whoever gets it twice can tell.
      const messageId = `<${taken.id}@${from.replace(/^.*@|>.*$/g, '')}>`;
      await this.transport.sendMail({ from, to: { name: '', address: taken.address }, subject, text, messageId });
    } catch (error) {
      const final = isFinal(error as { code?: string; responseCode?: number });
      await failed(this.db, taken.id, (error as Error).message, final);
      if (final) await this.note(taken.username);
      return;
    }
    await delivered(this.db, taken.id);
  }

  /** For the log: somebody did not get their mail. */
  private note = (username: string | null) =>
    this.db.tx((q) =>
      record(q, { actor: null, organisation: null, action: 'mail_failed', ...(username && { subject: username }) }),
    );

  counts = () => counts(this.db);

  /** Waits for the mail that is being sent; the rest stays in the outbox. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.running;
    this.transport.close();
  }
}
