import { Link, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useCollection, useInstance } from '../api/queries';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { AreaPane } from '../requests/AreaPane';
import { Chip, ClassMark, Failed, Waiting } from '../requests/parts';
import { FieldsMatrix } from './FieldsMatrix';
import { Interface } from './Interface';
import { Metadata } from './Metadata';
import { Steps } from './Steps';
import { Duty, Mine, Sharing } from './sides';
import './catalogue.css';
import './words';

const SECTIONS = ['overview', 'fields', 'interface', 'sharing'] as const;

/** A layer's card in the catalogue: what it is, its fields, how to reach it, who answers for it and under which rule it is shared. */
export function LayerPage() {
  const { layer: id } = useParams({ strict: false }) as { layer: string };
  const one = useCollection(id);
  if (one.isPending) return <Waiting lines={6} />;
  if (one.isError) return <Failed error={one.error} retry={() => void one.refetch()} />;
  return <Page layer={one.data} />;
}

function Page({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  const { number } = useFormat();
  const { data: instance } = useInstance();
  const { yutu } = layer;
  const theme = instance?.themes.find((x) => x.code === yutu.theme);
  const titles = {
    overview: t('overview'),
    fields: `${t('fields.title')} ${yutu.fields.length}`,
    interface: t('interface.title'),
    sharing: t('sharing.title'),
  };
  return (
    <article className="wf-page">
      <header className="wf-page-head cat-head">
        <nav className="sm mut" aria-label={t('crumbs')}>
          <Link to="/catalogue">{t('breadcrumb')}</Link>
          {theme && (
            <>
              {' / '}
              <Link to="/catalogue" search={{ theme: yutu.theme }}>
                {pick(theme, 'title')}
              </Link>
            </>
          )}
        </nav>
        <div className="cat-title">
          <div>
            <div className="row wrap">
              <h1>{pick(yutu, 'title')}</h1>
              <ClassMark of={yutu.sharing.class} layer={layer} />
              {yutu.overdueDays > 0 ? (
                <Chip tone="bad">{t('late', { count: yutu.overdueDays })}</Chip>
              ) : (
                <Chip tone="ok">{t('onTime')}</Chip>
              )}
              <Chip>{t(`kind.${yutu.kind}`)}</Chip>
              <Chip>
                {yutu.featureCount === null
                  ? t(`geometry.${yutu.geometryType}`)
                  : t('features', {
                      geometry: t(`geometry.${yutu.geometryType}`),
                      count: number(yutu.featureCount) as unknown as number,
                    })}
              </Chip>
              {yutu.simulated && <Chip line>{t('simulated')}</Chip>}
              {yutu.schematic && <Chip line>{t('schematic')}</Chip>}
            </div>
            <div className="mut">
              {pick(yutu.owner, 'title')} · {yutu.lastUpdate ? t('lastUpdate', { day: yutu.lastUpdate }) : t('neverUpdated')}
            </div>
          </div>
          <Steps layer={layer} />
        </div>
        <nav className="wf-tabs" aria-label={t('sections')}>
          {SECTIONS.map((section) => (
            <a key={section} href={`#${section}`}>
              {titles[section]}
            </a>
          ))}
        </nav>
      </header>
      <div className="cat-wrap">
        <div className="cat-main">
          <section className="card cat-clip" id="overview" aria-label={t('overview')}>
            <div className="cat-intro">
              <Extent layer={layer} />
              <div className="cat-about-long">{pick(yutu, 'description')}</div>
            </div>
            <Metadata layer={layer} theme={theme} />
          </section>
          <FieldsMatrix layer={layer} />
        </div>
        <div className="cat-side">
          <Mine layer={layer} />
          <Interface layer={layer} />
          <Duty layer={layer} />
          <Sharing layer={layer} />
        </div>
      </div>
    </article>
  );
}

/** Where the caller may see features, or where the data lies when no features may be seen. */
function Extent({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const { area } = layer.yutu.access;
  const overlays = useMemo(() => (area?.geometry ? [{ kind: 'given' as const, geometry: area.geometry }] : []), [area]);
  return (
    <div className="cat-map">
      <AreaPane overlays={overlays} bbox={area?.bbox ?? layer.extent.spatial.bbox[0]} height={214} label={t('map')} />
    </div>
  );
}
