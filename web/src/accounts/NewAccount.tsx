import { Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type Account, useCreateAccount } from '../api/accounts';
import { ApiError } from '../api/client';
import { useOrganisations } from '../api/queries';
import type { Role, User } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { RoleBoxes } from './RoleBoxes';
import { givable } from './roles';

const NOTHING = { username: '', nameZh: '', nameEn: '', mail: '' };

/** An account for a person; another administrator confirms it, and then its person gets a link. */
export function NewAccount({ user, onMade }: { user: User; onMade: (made: Account) => void }) {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const { data: organisations = [] } = useOrganisations();
  const create = useCreateAccount();
  const [names, setNames] = useState(NOTHING);
  const [organisation, setOrganisation] = useState<string | null>(user.organisation.id);
  const [roles, setRoles] = useState<Role[]>(['planner']);
  const offered = givable(user.roles, true);
  const fault = create.error;
  const parameter = fault instanceof ApiError ? fault.problem.parameter : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!organisation) return;
    create.mutate(
      { ...names, nameEn: names.nameEn || names.nameZh, mail: names.mail.trim() || null, organisation, roles },
      {
        onSuccess: (made) => {
          setNames(NOTHING);
          setRoles(['planner']);
          onMade(made);
        },
      },
    );
  };
  const field = (name: keyof typeof NOTHING, more: object = {}) => (
    <TextInput
      label={t(name)}
      value={names[name]}
      onChange={(e) => setNames({ ...names, [name]: e.currentTarget.value })}
      error={parameter === name ? fault?.message : undefined}
      autoComplete="off"
      {...more}
    />
  );
  return (
    <form className="wf-card-pad accounts-form" onSubmit={submit}>
      {field('username', { required: true, withAsterisk: false, maxLength: 48, placeholder: t('usernameHint') })}
      {field('nameZh', { required: true, withAsterisk: false, maxLength: 80 })}
      {field('nameEn', { maxLength: 80 })}
      {field('mail', { type: 'email', maxLength: 254, description: t('mailHint') })}
      <Select
        label={t('organisation')}
        data={organisations.map((o) => ({ value: o.id, label: pick(o, 'title') }))}
        value={organisation}
        onChange={setOrganisation}
        searchable
        allowDeselect={false}
        error={parameter === 'organisation' ? fault?.message : undefined}
      />
      {offered.length > 1 && <RoleBoxes offered={offered} held={roles} onChange={setRoles} />}
      {fault && !['username', 'nameZh', 'nameEn', 'mail', 'organisation'].includes(parameter ?? '') && (
        <p className="t-bad" role="alert">
          {fault.message}
        </p>
      )}
      <button type="submit" className="btn p" disabled={create.isPending}>
        {t('createDo')}
      </button>
    </form>
  );
}
