import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Where a question's control can be found and focused. */
export const placeId = (place: string) => `request-${place}`;

/** One question: its label on the left, the control on the right, what is wrong below. */
export function Line({ place, label, group, error, hint, children }: LineProps) {
  const name = `${placeId(place)}-label`;
  const Label = group ? 'span' : 'label';
  return (
    <div className="wf-line" {...(group ? { role: 'group', 'aria-labelledby': name } : {})}>
      <Label id={name} className="wf-line-label" {...(group ? {} : { htmlFor: placeId(place) })}>
        {label}
      </Label>
      <div className="wf-line-body">
        {children}
        {hint && <div className="sm mut wf-hint">{hint}</div>}
        {error && <Fault id={`${placeId(place)}-fault`}>{error}</Fault>}
      </div>
    </div>
  );
}

interface LineProps {
  place: string;
  label: string;
  group?: boolean; // several controls: the label names the group
  error?: string;
  hint?: ReactNode;
  children: ReactNode;
}

export function Fault({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <div id={id} className="sm t-bad wf-hint wf-fault" role="alert">
      <IconAlertCircle size={14} aria-hidden />
      <span>{children}</span>
    </div>
  );
}
