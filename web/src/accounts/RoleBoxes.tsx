import { Checkbox } from '@mantine/core';
import type { Role } from '../api/types';
import { useTranslation } from '../i18n';
import { toggled } from './roles';

/** Roles to tick. */
export function RoleBoxes({ offered, held, onChange }: { offered: Role[]; held: Role[]; onChange: (roles: Role[]) => void }) {
  const { t } = useTranslation('accounts');
  return (
    <fieldset className="accounts-roles">
      <legend>{t('roles')}</legend>
      {offered.map((role) => (
        <Checkbox
          key={role}
          label={t(`session:roles.${role}`)}
          checked={held.includes(role)}
          onChange={() => onChange(toggled(held, role))}
        />
      ))}
    </fieldset>
  );
}
