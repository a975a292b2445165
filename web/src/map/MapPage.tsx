import { useState } from 'react';
import { AreaMap } from './AreaMap';

export function MapPage() {
  const [selected, set] = useState<string[]>([]);
  return (
    <AreaMap
      height="100%"
      selected={selected}
      onToggle={(code) => set((now) => (now.includes(code) ? now.filter((c) => c !== code) : [...now, code]))}
    />
  );
}
