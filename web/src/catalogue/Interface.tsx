import { Link } from '@tanstack/react-router';
import { useSignTiles } from '../api/credentials';
import { useSession } from '../api/queries';
import type { Collection } from '../api/types';
import { useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { CopyButton, CopyLine } from '../keys/Copy';
import { examples } from '../keys/examples';
import '../keys/keys.css';
import { site } from '../app/base';

/** The addresses of the layer, ready to copy, and a call to try them with. */
export function Interface({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const e = examples(site(), layer.id);
  const { data: session } = useSession();
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
        {session?.user && access.actions.includes('view') && <Signed layer={layer.id} />}
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

/** An address of the tiles for a client that cannot send headers, made when it is asked for. */
function Signed({ layer }: { layer: string }) {
  const { t } = useTranslation('catalogue');
  const { time } = useFormat();
  const { mutate, data, error, isPending } = useSignTiles(layer);
  return (
    <>
      {data ? (
        <CopyLine title={t('interface.signed', { time: time(data.until) })} text={data.tiles} />
      ) : (
        <div className="keys-url">
          <span className="b">{t('interface.signable')}</span>
          <button type="button" className="btn s" disabled={isPending} onClick={() => mutate(24)}>
            {t('interface.sign')}
          </button>
          <span className="mut">{t('interface.signHint')}</span>
        </div>
      )}
      {error && (
        <p className="t-bad" role="alert">
          {error.message}
        </p>
      )}
    </>
  );
}
