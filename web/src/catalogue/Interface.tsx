import { Link } from '@tanstack/react-router';
import type { Collection } from '../api/types';
import { useTranslation } from '../i18n';
import { CopyButton, CopyLine } from '../keys/Copy';
import { examples } from '../keys/examples';
import '../keys/keys.css';

/** The addresses of the layer, ready to copy, and a call to try them with. */
export function Interface({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const e = examples(location.origin, layer.id);
  const { access, disclosure } = layer.yutu;
  const open = access.source !== 'none' || disclosure === 'proactive';
  return (
    <section className="card" id="interface">
      <div className="card-h">
        <h2>{t('interface.title')}</h2>
        <Link to="/keys" search={{ layer: layer.id }} className="sm">
          {t('interface.keys')}
        </Link>
      </div>
      <div className="cat-urls">
        <CopyLine title={t('interface.items')} text={e.items} />
        <CopyLine title={t('interface.tiles')} text={e.tiles} />
        <CopyLine title={t('interface.tilejson')} text={e.tilejson} />
      </div>
      <div className="wf-card-pad">
        {!open && <p className="mut cat-need">{t('interface.need')}</p>}
        <pre className="code wf-code">{e.curl}</pre>
        <div className="row keys-gap">
          <CopyButton text={e.curl} what="curl" />
        </div>
      </div>
    </section>
  );
}
