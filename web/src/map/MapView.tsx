import { type ReactNode, useEffect, useRef, useState } from 'react';
import { returns } from '../app/connection';
import { useStore } from '../app/store';
import { faces } from '../theme/faces';
import { type Box, GlMap, type GlMapEvents, type View } from './GlMap';
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

/** A map in the page, once its typefaces are known. */
export function MapView(props: Props) {
  const known = useStore(faces);
  return known ? <Drawn {...props} /> : <div className={`mapview ${props.className ?? ''}`}>{props.children}</div>;
}

/** It only passes props on: GlMap owns the GL map. */
function Drawn({ scene, home, view, label, still, padding, className, onReady, children, ...events }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const [gl, setGl] = useState<GlMap | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: built once; later props go through draw() and events
  useEffect(() => {
    const made = new GlMap(holder.current!, { home, view, scene, label, still, padding });
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
