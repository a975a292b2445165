import { IconLock } from '@tabler/icons-react';
import { useSession } from '../api/queries';
import type { Collection, Field } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { SharingGlyph } from '../layers/Glyphs';
import { useAsk } from '../layers/request';
import { Chip, useList } from '../requests/parts';
import { Table } from '../requests/Table';
import { useTermsWords } from '../requests/terms/useTermsWords';

/**
 * Every field with its level, its sharing class and the form the reader sees it in; a hidden one can be asked for from here. Classes and
 * what may be asked for are between departments: who is not signed in is told what of the field is open to the public.
 */
export function FieldsMatrix({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const { data: session } = useSession();
  const sharing = session?.user === null ? 'public' : 'class';
  return (
    <section className="card cat-clip" id="fields">
      <div className="card-h">
        <h2>{t('fields.title')}</h2>
      </div>
      <Table
        label={t('fields.title')}
        columns={['name', 'field', 'type', 'unit', 'level', sharing, 'form'].map((column) => t(`fields.${column}`))}
      >
        {layer.yutu.fields.map((field) => (
          <Row key={field.name} field={field} layer={layer} />
        ))}
      </Table>
    </section>
  );
}

function Row({ field, layer }: { field: Field; layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  return (
    <tr>
      <th scope="row" className="cat-field">
        {pick(field, 'title')}
      </th>
      <td className="mono mut">{field.name}</td>
      <td>{t(`types.${field.type}`)}</td>
      <td>{field.codes ? <Codes field={field} /> : (field.unit ?? <span className="dim">—</span>)}</td>
      <td>
        {field.sensitivity === 'personal' ? (
          <Chip tone="warn">
            <IconLock size={14} aria-hidden />
            {t('requests:sensitivity.personal')}
          </Chip>
        ) : (
          <span className="mut">{t(`requests:sensitivity.${field.sensitivity}`)}</span>
        )}
      </td>
      <td>
        <SharingGlyph sharing={field.class} disclosure={disclosureOf(field, layer)} />
      </td>
      <td>
        <Seen field={field} layer={layer} />
      </td>
    </tr>
  );
}

/** What of a field is open to the public. */
function disclosureOf(field: Field, { yutu }: Collection) {
  if (field.form) return 'proactive';
  const never = field.class === 'withheld' || field.sensitivity !== 'public' || field.offered.length === 0;
  return yutu.disclosure === 'on_request' && !never ? 'on_request' : 'none';
}

function Codes({ field }: { field: Field }) {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  const codes = field.codes ?? [];
  return (
    <details className="cat-codes">
      <summary>{t('fields.codes', { count: codes.length })}</summary>
      {field.codeSystem && <div className="sm mut">{field.codeSystem}</div>}
      <ul>
        {codes.map((c) => (
          <li key={c.value}>
            <span className="mono mut">{c.value}</span> {pick(c, 'label')}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Seen({ field, layer }: { field: Field; layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  const list = useList();
  const ask = useAsk();
  const words = useTermsWords();
  const { data: session } = useSession();
  if (field.form === 'masked') return <span>{words.mask(field.mask)}</span>;
  if (field.form) return <span>{t(`requests:form.${field.form}`)}</span>;
  if (session?.user === null) return <span className="mut">{t('fields.hidden')}</span>;
  if (field.offered.length === 0) return <span className="dim">{t('fields.never')}</span>;
  const forms = list(field.offered.map((f) => t(`requests:form.${f}`)));
  return (
    <span className="row g1 wrap">
      <span className="mut">{t('fields.hidden')}</span>
      {layer.yutu.access.source !== 'own' && layer.yutu.sharing.class !== 'withheld' && (
        <button
          type="button"
          className="link"
          title={t('fields.offered', { forms })}
          aria-label={t('requestOf', { name: pick(field, 'title') })}
          onClick={() => ask(layer, field.name)}
        >
          {t('request')}
        </button>
      )}
    </span>
  );
}
