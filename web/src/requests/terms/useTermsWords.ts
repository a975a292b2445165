import type { FieldMask, Precision, Quota } from '../../api/types';
import { useTranslation } from '../../i18n';
import { useFormat } from '../../i18n/format';
import { useList } from '../parts';
import { depthOf, QUOTAS } from './terms';
import './words';

/** Precision, depth, quota and masks in plain words. */
export function useTermsWords() {
  const { t } = useTranslation('terms');
  const { number } = useFormat();
  const list = useList();
  return {
    precision: (precision: Precision | null | undefined) =>
      precision ? t(`said.${precision.kind}`, { metres: number(precision.metres) }) : t('said.exact'),
    depth: (zoom: number | null | undefined) =>
      zoom == null ? t('anyDepth') : t('upTo', { depth: t(`depth.${depthOf(zoom)}`), zoom }),
    quota: (quota: Quota | null | undefined) => {
      const said = QUOTAS.flatMap((name) =>
        quota?.[name] === undefined ? [] : [t(`quotaSaid.${name}`, { amount: number(quota[name]) })],
      );
      return said.length > 0 ? list(said) : t('unlimited');
    },
    /** How a masked value looks: 张**, 1,200, 2052. */
    mask: (mask: FieldMask | null | undefined) => {
      if (!mask) return t('mask.plain');
      if (mask.kind === 'text')
        return t('mask.text', {
          example: `${t('mask.start').slice(0, mask.keepStart)}**${mask.keepEnd ? t('mask.end').slice(-mask.keepEnd) : ''}`,
        });
      if (mask.kind === 'round') return t('mask.round', { step: number(mask.step) });
      return t(`mask.${mask.to}`);
    },
  };
}
