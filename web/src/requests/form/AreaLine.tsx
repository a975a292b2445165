import { MultiSelect, SegmentedControl } from '@mantine/core';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Division } from '../../api/types';
import { usePick, useTranslation } from '../../i18n';
import { useFormat } from '../../i18n/format';
import type { AreaAnswer } from './answers';
import { Line, placeId } from './Line';
import { RedLineDrop } from './RedLineDrop';

interface Props {
  area: AreaAnswer;
  onArea: (area: AreaAnswer) => void;
  divisions: Division[];
  home: [number, number, number, number];
  error?: string;
  children?: React.ReactNode; // the map, on a narrow screen
}

/** Where: districts picked here or on the map, a project's red line, or the whole city. */
export function AreaLine({ area, onArea, divisions, home, error, children }: Props) {
  const { t } = useTranslation('requests');
  const pick = usePick();
  const { number } = useFormat();
  const codes = area.kind === 'divisions' ? area.codes : [];
  const total = divisions.filter((d) => codes.includes(d.code)).reduce((sum, d) => sum + d.areaKm2, 0);
  const options = divisions.map((d) => ({ value: d.code, label: `${pick(d, 'name')} ${d.code}` }));

  const [typed, setTyped] = useState('');
  // Enter takes the first match when none was moved to with the arrows
  const enter = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Enter' || typed.trim() === '' || event.currentTarget.getAttribute('aria-activedescendant')) return;
    const match = options.find((o) => !codes.includes(o.value) && o.label.toLowerCase().includes(typed.trim().toLowerCase()));
    if (!match) return;
    event.preventDefault();
    onArea({ kind: 'divisions', codes: [...codes, match.value] });
    setTyped('');
  };

  // what was picked in one way is still there after a look at another
  const last = useRef<{ [K in AreaAnswer['kind']]: Extract<AreaAnswer, { kind: K }> }>({
    divisions: { kind: 'divisions', codes: [] },
    redline: { kind: 'redline', line: null },
    everywhere: { kind: 'everywhere' },
  });
  const change = (kind: string) => {
    Object.assign(last.current, { [area.kind]: area });
    onArea(last.current[kind as AreaAnswer['kind']]);
  };

  return (
    <Line place="area" label={t('field.area')} group error={error}>
      <SegmentedControl
        aria-label={t('area.kind')}
        size="xs"
        value={area.kind}
        onChange={change}
        data={[
          { value: 'divisions', label: t('area.divisions') },
          { value: 'redline', label: t('area.redline') },
          { value: 'everywhere', label: t('area.everywhere') },
        ]}
      />
      {area.kind === 'divisions' && (
        <div className="wf-hint">
          <MultiSelect
            id={placeId('area')}
            aria-label={t('area.pick')}
            placeholder={codes.length === 0 ? t('area.search') : undefined}
            data={options}
            value={codes}
            onChange={(next) => onArea({ kind: 'divisions', codes: next })}
            searchable
            searchValue={typed}
            onSearchChange={setTyped}
            onKeyDown={enter}
            openOnFocus={false}
            hidePickedOptions
            nothingFoundMessage={t('area.none')}
            error={Boolean(error)}
            classNames={{ pill: 'wf-pill' }}
            maxDropdownHeight={260}
            comboboxProps={{ shadow: 'md' }}
          />
          {codes.length > 0 && <div className="sm mut wf-hint">{t('area.total', { value: number(total, 0) })}</div>}
        </div>
      )}
      {area.kind === 'redline' && (
        <RedLineDrop line={area.line} onLine={(line) => onArea({ kind: 'redline', line })} home={home} />
      )}
      {children}
    </Line>
  );
}
