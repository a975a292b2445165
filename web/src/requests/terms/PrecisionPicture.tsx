import type { Precision } from '../../api/types';

const GRID = Array.from({ length: 5 }, (_, i) => 8 + i * 12);

/** What becomes of a plot of land: as it is, snapped to a grid, its cell, one point. Decoration: the words say the same. */
export function PrecisionPicture({ kind }: { kind: Precision['kind'] | 'exact' }) {
  return (
    <svg viewBox="0 0 64 52" width="64" height="52" aria-hidden="true" className="terms-picture">
      {kind !== 'exact' && (
        <path
          className="grid"
          d={`${GRID.map((x) => `M${x} 2V50`).join('')}${GRID.slice(0, 4)
            .map((y) => `M2 ${y}H62`)
            .join('')}`}
        />
      )}
      {kind === 'cell' && <rect className="shape" x="20" y="20" width="12" height="12" />}
      {kind === 'cell' && <rect className="shape" x="32" y="20" width="12" height="12" />}
      <path
        className={kind === 'exact' ? 'shape' : 'was'}
        d={kind === 'exact' ? 'M17 12L43 16L47 33L29 38L15 30Z' : 'M22 21L41 22L42 29L30 31L23 30Z'}
      />
      {kind === 'grid' && <path className="shape" d="M20 20L44 20L44 32L20 32Z" />}
      {kind === 'point' && <circle className="dot" cx="32" cy="26" r="4.5" />}
    </svg>
  );
}
