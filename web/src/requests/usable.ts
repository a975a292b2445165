import type { Action, UsableAction } from '../api/types';

/** Whether an action can be asked for and given. */
export const isUsable = (action: Action): action is UsableAction => action !== 'discover' && action !== 'edit';
