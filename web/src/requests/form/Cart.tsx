import { IconCheck, IconLine, IconPoint, IconPolygon } from '@tabler/icons-react';
import type { Collection } from '../../api/types';
import { usePick, useTranslation } from '../../i18n';
import type { useCart } from './useCart';

const GLYPHS = { point: IconPoint, line: IconLine, polygon: IconPolygon };

interface Props {
  layers: Collection[];
  current: string;
  onCurrent: (id: string) => void;
  cart: ReturnType<typeof useCart>;
}

/** The layers asked for together, by provider: each answers for its own. */
export function Cart({ layers, current, onCurrent, cart }: Props) {
  const { t } = useTranslation('requests');
  const pick = usePick();
  const owners = [...new Map(layers.map((l) => [l.yutu.owner.id, l.yutu.owner])).values()];
  return (
    <nav className="wf-cart" aria-label={t('drawer.cart')}>
      {owners.map((owner) => {
        const theirs = layers.filter((l) => l.yutu.owner.id === owner.id);
        return (
          <div key={owner.id}>
            <div className="wf-cart-owner">
              <span className="b">{pick(owner, 'title')}</span>
              <span>{theirs.length}</span>
            </div>
            {theirs.map((layer) => {
              const Glyph = GLYPHS[layer.yutu.geometryType];
              const on = layer.id === current;
              return (
                <button
                  type="button"
                  key={layer.id}
                  className={`wf-cart-item ${on ? 'on' : ''}`}
                  aria-current={on || undefined}
                  onClick={() => onCurrent(layer.id)}
                >
                  <Glyph size={16} aria-hidden className={on ? 't-acc' : 'dim'} />
                  <span className="grow">
                    <span className="b el wf-block">{pick(layer.yutu, 'title')}</span>
                    <Progress layer={layer} cart={cart} />
                  </span>
                </button>
              );
            })}
          </div>
        );
      })}
    </nav>
  );
}

function Progress({ layer, cart }: { layer: Collection; cart: Props['cart'] }) {
  const { t } = useTranslation('requests');
  const good = (text: string) => (
    <span className="sm t-ok row g1">
      <IconCheck size={14} aria-hidden />
      {text}
    </span>
  );
  if (!cart.open.some((l) => l.id === layer.id)) return good(t('drawer.sent'));
  if (layer.yutu.sharing.class === 'unconditional') return good(t('drawer.noForm'));
  const lacks = cart.missing(layer);
  if (lacks.length === 0) return good(t('drawer.complete'));
  return <span className="sm mut wf-block">{t('drawer.missing', { count: lacks.length, first: t(`field.${lacks[0]}`) })}</span>;
}
