import { useMemo } from 'react';
import type { ShareRequest } from '../api/types';
import { useTranslation } from '../i18n';
import { AreaPane, widened } from '../requests/AreaPane';
import { type Answer, given, givenDivisions, toggleDivision } from './decision';

const NONE: string[] = [];

/** The asked area dashed, what the answer gives filled; a click on an asked district gives or withholds it. */
export function AreaEvidence({
  request,
  answer,
  onAnswer,
}: {
  request: ShareRequest;
  answer: Answer;
  onAnswer?: (a: Answer) => void;
}) {
  const { t } = useTranslation('inbox');
  const grant = given(answer, request);
  const divisions = grant && givenDivisions(grant);
  const wholeLine = grant?.area && 'polygon' in grant.area ? grant.area.polygon : null;
  const { area } = request;
  const overlays = useMemo(() => {
    const kind = !onAnswer && request.status === 'correction' ? ('asked' as const) : ('left-out' as const);
    if (wholeLine) return [{ kind: 'asked' as const, geometry: wholeLine }];
    return area ? [{ kind, geometry: area.geometry }] : [];
  }, [area, wholeLine, onAnswer, request.status]);
  const bbox = useMemo(() => widened(area?.bbox), [area]);
  const picks = area === null || area.divisions !== null;
  return (
    <div className="inbox-map">
      <AreaPane
        selected={divisions ?? NONE}
        onToggle={onAnswer && picks ? (code) => onAnswer(toggleDivision(answer, request, code)) : undefined}
        overlays={overlays}
        bbox={bbox}
        height="100%"
        label={t('map.name')}
      />
      <div className="float inbox-map-key">
        <span className="t-acc b">■ {t('map.given')}</span> <span className="t-bad b">┅ {t('map.leftOut')}</span>
      </div>
    </div>
  );
}
