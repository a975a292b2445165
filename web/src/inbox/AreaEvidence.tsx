import { useMemo } from 'react';
import type { ShareRequest } from '../api/types';
import { useTranslation } from '../i18n';
import { AreaPane, widened } from '../requests/AreaPane';
import { type Answer, given, givenDivisions, toggleDivision } from './decision';

const NONE: string[] = [];

/**
 * The asked area dashed, what the answer gives filled; a click on an asked district gives or withholds it. Who does not decide sees what
 * was asked and, once that is decided, what was given.
 */
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
  const grant = onAnswer ? given(answer, request) : null;
  const gave = onAnswer ? null : request.grant;
  const divisions = grant ? givenDivisions(grant) : (gave?.area?.divisions ?? null);
  const redLine = gave?.area && gave.area.divisions === null ? gave.area.geometry : null;
  const wholeLine = grant?.area && 'polygon' in grant.area ? grant.area.polygon : redLine;
  const undecided = !onAnswer && gave === null && request.status !== 'refused';
  const { area } = request;
  const overlays = useMemo(() => {
    const kind = undecided ? ('asked' as const) : ('left-out' as const);
    if (wholeLine) return [{ kind: 'asked' as const, geometry: wholeLine }];
    return area ? [{ kind, geometry: area.geometry }] : [];
  }, [area, wholeLine, undecided]);
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
        {undecided ? (
          <span className="t-acc b">┅ {t('map.asked')}</span>
        ) : (
          <>
            <span className="t-acc b">■ {t('map.given')}</span> <span className="t-bad b">┅ {t('map.leftOut')}</span>
          </>
        )}
      </div>
    </div>
  );
}
