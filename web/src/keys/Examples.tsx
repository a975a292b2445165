import { useState } from 'react';
import { useTranslation } from '../i18n';
import { CopyButton, CopyLine } from './Copy';
import { examples } from './examples';
import './keys.css';
import { site } from '../app/base';

const TABS = ['curl', 'ogr2ogr', 'qgis'] as const;

/** How to reach a layer from the command line, GDAL and QGIS, with real addresses. */
export function Examples({ layer, secret }: { layer: string; secret?: string }) {
  const { t } = useTranslation('keys');
  const [tab, setTab] = useState<(typeof TABS)[number]>('curl');
  const e = examples(site(), layer, secret);
  return (
    <>
      <div className="wf-tabs keys-tabs" role="tablist" aria-label={t('how')}>
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`keys-tab-${name}`}
            aria-controls="keys-how"
            aria-selected={tab === name}
            onClick={() => setTab(name)}
          >
            {t(`tab.${name}`)}
          </button>
        ))}
      </div>
      <div id="keys-how" role="tabpanel" aria-labelledby={`keys-tab-${tab}`} className="wf-card-pad">
        {tab === 'qgis' ? (
          <>
            <p className="mut">{t('qgis.features')}</p>
            <CopyLine title={t('address')} text={e.api} />
            <p className="mut keys-gap">{t('qgis.tiles')}</p>
            <CopyLine title={t('tilesAddress')} text={e.tiles} />
          </>
        ) : (
          <>
            <pre className="code wf-code">{e[tab]}</pre>
            <div className="row keys-gap">
              <CopyButton text={e[tab]} what={t(`tab.${tab}`)} />
            </div>
          </>
        )}
      </div>
    </>
  );
}
