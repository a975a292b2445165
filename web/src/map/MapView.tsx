import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useCollections } from '../api/queries';
import { returns } from '../app/connection';
import { useStore } from '../app/store';
import { useTranslation } from '../i18n';
import { faces } from '../theme/faces';
import { engine, loadEngine } from './engine';
import type { Box, GlMap, GlMapEvents, View } from './GlMap';
import type { Scene } from './scene';

interface Props extends GlMapEvents {
  scene: Scene;
  home: Box;
  view?: View | null;
  label: string;
  still?: boolean;
  padding?: { top?: number; right?: number; bottom?: number; left?: number };
  className?: string;
  onReady?: (map: GlMap) => void;
  children?: ReactNode;
}

/** A map in the page, once there is what draws it and its typefaces are known. */
export function MapView(props: Props) {
  const { t } = useTranslation('map');
  const known = useStore(faces);
  const Gl = useStore(engine);
  // after the list of layers, which is small and of use at once
  const listed = useCollections().data !== undefined;
  useEffect(() => {
    if (listed) void loadEngine();
  }, [listed]);
  if (known && Gl) return <Drawn {...props} Gl={Gl} />;
  return (
    <div className={`mapview ${props.className ?? ''}`}>
      <p className="mapview-wait" role="status">
        {t('coming')}
      </p>
      {props.children}
    </div>
  );
}

/** It only passes props on: GlMap owns the GL map. */
function Drawn({
  Gl,
  scene,
  home,
  view,
  label,
  still,
  padding,
  className,
  onReady,
  children,
  ...events
}: Props & { Gl: typeof GlMap }) {
  const holder = useRef<HTMLDivElement>(null);
  const [gl, setGl] = useState<GlMap | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: built once; later props go through draw() and events
  useEffect(() => {
    const made = new Gl(holder.current!, { home, view, scene, label, still, padding });
    setGl(made);
    onReady?.(made);
    return () => {
      setGl(null);
      made.destroy();
    };
  }, []);

  useEffect(() => {
    gl?.draw(scene);
  }, [gl, scene]);

  useEffect(() => (gl ? returns.subscribe(() => gl.recover()) : undefined), [gl]);

  useEffect(() => {
    if (gl) gl.events = events;
  });

  return (
    <div className={`mapview ${className ?? ''}`}>
      <div ref={holder} className="mapview-gl" />
      {children}
    </div>
  );
}
