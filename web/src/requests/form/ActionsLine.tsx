import { Checkbox } from '@mantine/core';
import type { Collection, UsableAction } from '../../api/types';
import { useTranslation } from '../../i18n';
import { useList } from '../parts';
import { askable } from './answers';
import { Line, placeId } from './Line';

/** What will be done with the layer: what its policy gives can be chosen, and what it does not give says so. */
export function ActionsLine({
  layer,
  actions,
  onActions,
  error,
}: {
  layer: Collection;
  actions: UsableAction[];
  onActions: (a: UsableAction[]) => void;
  error?: string;
}) {
  const { t } = useTranslation('requests');
  const list = useList();
  const offered = askable(layer);
  const given = (a: UsableAction) => layer.yutu.policy.actions.includes(a);
  const never = offered.filter((a) => !given(a));
  const toggle = (action: UsableAction) =>
    onActions(offered.filter((a) => (a === action ? !actions.includes(a) : actions.includes(a))));
  return (
    <Line place="actions" label={t('field.actions')} group error={error}>
      <div className="wf-options">
        {offered.map((action, i) => {
          const on = actions.includes(action);
          // What an older draft asked for can still be taken out.
          const shut = !given(action) && !on;
          return (
            <Checkbox
              key={action}
              id={i === 0 ? placeId('actions') : undefined}
              size="xs"
              className={`wf-option ${on ? 'on' : ''}`}
              label={t(`action.${action}`)}
              checked={on}
              disabled={shut}
              onChange={() => toggle(action)}
            />
          );
        })}
      </div>
      {never.length > 0 && (
        <div className="sm mut wf-hint">{t('ask.notGiven', { actions: list(never.map((a) => t(`action.${a}`))) })}</div>
      )}
    </Line>
  );
}
