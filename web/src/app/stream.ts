import { returns, suspect, waiting } from './connection';

interface Ears {
  /** A new source of events: attach what listens to it. */
  opened: (source: EventSource) => void;
  /** It speaks again after a break: what was said meanwhile was not heard. */
  missed: () => void;
}

/**
 * An event stream that comes back. The browser reconnects by itself while nothing answers, but an answer that is no stream — a 503 of a
 * node that is busy or of a proxy — ends its EventSource for good: then there is a new one, after a pause. Returns what ends it.
 */
export function listen(url: string, { opened, missed }: Ears): () => void {
  let source: EventSource;
  let timer = 0;
  let tries = 0;
  let lost = false;
  let over = false;

  const connect = () => {
    clearTimeout(timer);
    source = new EventSource(url);
    source.addEventListener('open', () => {
      tries = 0;
      if (lost) missed();
      lost = false;
    });
    source.addEventListener('error', () => {
      if (over) return;
      lost = true;
      void suspect();
      if (source.readyState !== EventSource.CLOSED) return;
      // where only streams are refused the page is still told what changed, if late
      timer = window.setTimeout(
        () => {
          missed();
          connect();
        },
        waiting(++tries, 30_000),
      );
    });
    opened(source);
  };
  connect();
  const forget = returns.subscribe(() => {
    if (source.readyState === EventSource.CLOSED) connect();
  });
  return () => {
    over = true;
    forget();
    clearTimeout(timer);
    source.close();
  };
}
