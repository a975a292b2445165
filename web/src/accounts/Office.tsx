import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Account, useChangeAccount } from '../api/accounts';
import { useOrganisations } from '../api/queries';
import { usePick, useTranslation } from '../i18n';

/** Organisation and address of mail of an account: both wait for a second person. */
export function Office({ account, onDone }: { account: Account; onDone: (text: string) => void }) {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const { data: organisations = [] } = useOrganisations();
  const change = useChangeAccount();
  const [organisation, setOrganisation] = useState<string | null>(account.organisation.id);
  const [mail, setMail] = useState(account.mail ?? '');
  const { username } = account;
  const moved = organisation !== null && organisation !== account.organisation.id;
  const written = (mail.trim() || null) !== account.mail;
  return (
    <form
      className="accounts-form"
      onSubmit={(event) => {
        event.preventDefault();
        const body = { ...(moved && { organisation }), ...(written && { mail: mail.trim() || null }) };
        change.mutate({ username, ...body }, { onSuccess: () => onDone(t('waits', { name: pick(account, 'name') })) });
      }}
    >
      <Select
        label={t('organisation')}
        data={organisations.map((o) => ({ value: o.id, label: pick(o, 'title') }))}
        value={organisation}
        onChange={setOrganisation}
        disabled={!account.can.includes('move')}
        searchable
        allowDeselect={false}
      />
      <TextInput
        type="email"
        label={t('mail')}
        description={t('mailHint')}
        value={mail}
        onChange={(e) => setMail(e.currentTarget.value)}
        disabled={!account.can.includes('mail')}
        maxLength={254}
        autoComplete="off"
      />
      {change.error && (
        <p className="t-bad" role="alert">
          {change.error.message}
        </p>
      )}
      <button type="submit" className="btn" disabled={change.isPending || !(moved || written)}>
        {t('saveOffice')}
      </button>
    </form>
  );
}
