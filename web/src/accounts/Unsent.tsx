import type { UnsentMail } from '@yutu/contract';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';

/** People whose link has not reached the mail server: who confirmed it would else take it for sent. */
export function Unsent({ mails }: { mails: UnsentMail[] }) {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const { time } = useFormat();
  if (mails.length === 0) return null;
  return (
    <ul className="wf-card-pad accounts-unsent" aria-label={t('unsent.title')}>
      {mails.map((mail) => (
        <li key={mail.username}>
          <span className="t-bad">{t(mail.givenUp ? 'unsent.givenUp' : 'unsent.retrying')}</span>{' '}
          {t(mail.givenUp ? 'unsent.again' : 'unsent.wait', {
            name: pick(mail, 'name'),
            username: mail.username,
            address: mail.address,
            at: time(mail.at),
            until: time(mail.until),
          })}
        </li>
      ))}
    </ul>
  );
}
