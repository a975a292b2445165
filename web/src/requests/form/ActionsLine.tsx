import { Checkbox } from '@mantine/core';
import type { Action, Collection } from '../../api/types';
import { useTranslation } from '../../i18n';
import { askable } from './answers';
import { Line, placeId } from './Line';

/** What will be done with the layer; an action the policy does not name may be asked for, with a warning. */
export function ActionsLine({
  layer,
  actions,
  onActions,
  error,
}: {
  layer: Collection;
  actions: Action[];
  onActions: (a: Action[]) => void;
  error?: string;
}) {
  const { t } = useTranslation('requests');
  const offered = askable(layer);
  const outside = actions.some((a) => !layer.yutu.policy.actions.includes(a));
  const toggle = (action: Action) =>
    onActions(offered.filter((a) => (a === action ? !actions.includes(a) : actions.includes(a))));
  return (
    <Line place="actions" label={t('field.actions')} group error={error}>
      <div className="wf-options">
        {offered.map((action, i) => {
          const on = actions.includes(action);
          return (
            <Checkbox
              key={action}
              id={i === 0 ? placeId('actions') : undefined}
              size="xs"
              className={`wf-option ${on ? 'on' : ''}`}
              label={t(`action.${action}`)}
              checked={on}
              onChange={() => toggle(action)}
            />
          );
        })}
      </div>
      {outside && <div className="sm t-warn wf-hint">{t('ask.outside')}</div>}
    </Line>
  );
}
