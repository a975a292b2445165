import type { AreaAmount, Collection, Overlay, OverlayAmount } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { meridianOf } from './zones';

/** The table of an overlay, with a bar for each class, and what cannot be said. */
export function OverlayTable({ layer, result }: { layer: Collection; result: Overlay }) {
  const { t } = useTranslation('results');
  const pick = usePick();
  const { number, fixed } = useFormat();
  const { total, classes, other, outside, covered } = result;
  const percent = (share: number) => `${fixed(share * 100, 2)}%`;
  const hectares = (a: Partial<AreaAmount>) => (a.below ? t('overlay.below') : fixed(a.hectares ?? 0, 4));
  const field = layer.yutu.fields.find((f) => f.name === result.by);
  const nameOf = (value: unknown) => {
    if (value === null) return t('overlay.empty');
    const code = field?.codes?.find((c) => c.value === String(value));
    const label = code && pick(code, 'label');
    return label && result.codeSystem ? `${code.value} ${label}` : (label ?? String(value));
  };
  const size = (a: OverlayAmount) => a.hectares ?? a.kilometres ?? a.features;
  const whole = total ? size(total) : 0;
  const rows = [
    ...classes.map((c) => ({ key: String(c.value), name: nameOf(c.value), amount: c as OverlayAmount })),
    ...(other ? [{ key: 'other', name: t('overlay.other'), amount: other }] : []),
  ];
  const areal = total?.hectares !== undefined;
  const plane = total?.plane !== undefined;
  const linear = total?.kilometres !== undefined;
  const numbers = (a: OverlayAmount) => (
    <>
      <td className="num">{number(a.features)}</td>
      {areal && <td className="num">{hectares(a)}</td>}
      {areal && <td className="num">{fixed(a.mu ?? 0, 2)}</td>}
      {plane && <td className="num">{hectares(a.plane ?? {})}</td>}
      {linear && <td className="num">{fixed(a.kilometres ?? 0, 2)}</td>}
    </>
  );
  return (
    <div className="res-result" data-testid="overlay-result">
      {total === null && <p className="tip">{t('overlay.few', { least: result.atLeast })}</p>}
      {total?.features === 0 && <p className="tip">{t('overlay.none')}</p>}
      {total !== null && total.features > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
        <section className="res-scroll" tabIndex={0} aria-label={t('overlay.total')}>
          <table className="res-table">
            <thead>
              <tr>
                <th scope="col">{field ? pick(field, 'title') : t('overlay.class')}</th>
                <th scope="col">{t('overlay.features')}</th>
                {areal && <th scope="col">{t('overlay.ha')}</th>}
                {areal && <th scope="col">{t('overlay.mu')}</th>}
                {plane && <th scope="col">{t('overlay.plane')}</th>}
                {linear && <th scope="col">{t('overlay.km')}</th>}
                <th scope="col">{t('overlay.share')}</th>
              </tr>
            </thead>
            <tbody>
              {result.by !== null &&
                rows.map(({ key, name, amount }) => (
                  <tr key={key}>
                    <th scope="row">{name}</th>
                    {numbers(amount)}
                    <td className="res-share">
                      <i style={{ width: `${whole > 0 ? (size(amount) / whole) * 100 : 0}%` }} aria-hidden="true" />
                      <span className="num">{percent(whole > 0 ? size(amount) / whole : 0)}</span>
                    </td>
                  </tr>
                ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">{t('overlay.total')}</th>
                {numbers(total)}
                <td />
              </tr>
            </tfoot>
          </table>
        </section>
      )}
      {outside.share > 0 && (
        <p className="tip warn">
          {t('overlay.outside', { share: percent(outside.share), ha: hectares(outside), mu: fixed(outside.mu, 2) })}
        </p>
      )}
      <p className="sm mut">
        {result.codeSystem && `${t('overlay.codeSystem', { system: result.codeSystem })} `}
        {covered !== null && `${t('overlay.covered', { share: percent(covered) })} `}
        {result.filtered && `${t('overlay.filtered')} `}
        {result.precision && `${t('overlay.coarse', { metres: number(result.precision.metres, 0) })} `}
        {areal && t(plane ? 'overlay.roundingPlane' : 'overlay.rounding', { meridian: meridianOf(result.zone) })}
      </p>
    </div>
  );
}
