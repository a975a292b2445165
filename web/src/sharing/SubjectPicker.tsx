import { Select, TextInput } from '@mantine/core';
import { useOrganisations } from '../api/queries';
import type { Subject, SubjectKind } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { KINDS, linesOf } from './subject';

const ROLES = ['planner', 'steward', 'org_admin', 'admin', 'security', 'auditor'] as const;

interface Props {
  subject: Subject;
  onSubject: (subject: Subject) => void;
  /** Kinds to choose from; one alone is not asked for. */
  kinds?: SubjectKind[];
  error?: string;
}

/** Whom: any kind of subject, organisations and lines found by typing. */
export function SubjectPicker({ subject, onSubject, kinds = KINDS, error }: Props) {
  const { t } = useTranslation('sharing');
  const pick = usePick();
  const { data: organisations = [] } = useOrganisations();
  const { kind, id } = subject;
  const options = organisations.map((o) => ({ value: o.id, label: pick(o, 'title') }));
  const set = (next: string | null | undefined) => onSubject({ kind, ...(next ? { id: next } : {}) });
  const [role = '', at = ''] = (id ?? '').split('@');
  return (
    <div className="share-subject">
      {kinds.length > 1 && (
        <Select
          label={t('subject.kind')}
          data={kinds.map((value) => ({ value, label: t(`subject.kinds.${value}`) }))}
          value={kind}
          onChange={(next) => next && onSubject({ kind: next as SubjectKind })}
          allowDeselect={false}
          openOnFocus={false}
        />
      )}
      {(kind === 'organisation' || kind === 'subtree') && (
        <Select
          label={t('subject.organisation')}
          placeholder={t('subject.organisationPick')}
          data={options}
          value={id ?? null}
          onChange={set}
          searchable
          openOnFocus={false}
          nothingFoundMessage={t('subject.none')}
          error={error}
        />
      )}
      {kind === 'line' && (
        <Select
          label={t('subject.line')}
          placeholder={t('subject.linePick')}
          data={linesOf(organisations).map(({ line, first, count }) => ({
            value: line,
            label: t('subject.linesCount', { name: pick(first, 'title'), count }),
          }))}
          value={id ?? null}
          onChange={set}
          openOnFocus={false}
          nothingFoundMessage={t('subject.none')}
          error={error}
        />
      )}
      {kind === 'role' && (
        <>
          <Select
            label={t('subject.role')}
            data={ROLES.map((value) => ({ value, label: t(`subject.roles.${value}`) }))}
            value={role || null}
            onChange={(next) => set(next && (at ? `${next}@${at}` : next))}
            openOnFocus={false}
            error={error}
          />
          <Select
            label={t('subject.at')}
            placeholder={t('subject.organisationPick')}
            data={options}
            value={at || null}
            onChange={(next) => set(role && (next ? `${role}@${next}` : role))}
            searchable
            clearable
            openOnFocus={false}
            disabled={!role}
            nothingFoundMessage={t('subject.none')}
          />
        </>
      )}
      {(kind === 'person' || kind === 'key') && (
        <TextInput
          label={t(`subject.${kind}`)}
          value={id ?? ''}
          onChange={(e) => set(e.currentTarget.value)}
          error={error}
          maxLength={80}
          autoComplete="off"
        />
      )}
      {kind === 'public' && <p className="sm mut">{t('subject.everyone')}</p>}
    </div>
  );
}
