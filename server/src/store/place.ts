import gcoord from 'gcoord';
import type { Note } from '../incoming/note.js';
import type { Landmarks } from './landmarks.js';

// Its types describe another module format than the one Node loads.
const { transform, WGS84, GCJ02 } = gcoord as unknown as typeof gcoord.default;

export interface PlaceReport {
  /** One position of a feature. */
  see: (lon: number, lat: number) => void;
  /** A point feature with its texts, which may name a place the city knows. */
  name: (lon: number, lat: number, texts: readonly unknown[]) => void;
  report: () => Note[];
}

/** Matches needed before the coordinates are said to be shifted. */
const ENOUGH = 5;
/** A landmark further away than this (degrees) is another place of the same name. */
const NEAR = 0.02;

export const OUTSIDE: Note = { zh: '注意：大部分坐标在本市以外', en: 'warning: most coordinates lie outside the city' };

type Home = readonly [number, number, number, number];

/** The city with what lies about it. */
export const around = ([west, south, east, north]: Home): Home => [west - 1, south - 1, east + 1, north + 1];

/** Whether what was seen lies elsewhere for the most part. */
export const farFrom = ({ all, outside }: { all: number; outside: number }): boolean => all > 0 && outside >= all / 2;

/**
 * Watches where coordinates lie. Data whose axes were swapped, that lies elsewhere, or that carries the shift of GCJ-02 (its
 * points lie where the shift puts the known places of the same name) is let in, as it may be right, but said.
 */
export function checkPlace(home: Home, landmarks: Landmarks): PlaceReport {
  const [west, south, east, north] = around(home);
  const inside = (x: number, y: number) => x >= west && x <= east && y >= south && y <= north;
  let [seen, outside, swapped] = [0, 0, 0];
  const [plain, shifted]: [number[], number[]] = [[], []];
  return {
    see(lon, lat) {
      seen++;
      if (inside(lon, lat)) return;
      outside++;
      if (inside(lat, lon)) swapped++;
    },
    name(lon, lat, texts) {
      for (const text of texts) {
        const known = typeof text === 'string' ? landmarks.get(text) : undefined;
        if (!known || plain.length >= 1000) continue;
        const distance = Math.hypot(lon - known[0], lat - known[1]);
        if (distance > NEAR) continue;
        const there = transform([known[0], known[1]], WGS84, GCJ02) as [number, number];
        plain.push(distance);
        shifted.push(Math.hypot(lon - there[0], lat - there[1]));
      }
    },
    report() {
      const notes: Note[] = [];
      if (farFrom({ all: seen, outside }))
        notes.push(
          swapped > outside / 2
            ? {
                zh: '注意：经纬度像是颠倒了，大部分坐标对调后才在本市以内',
                en: 'warning: latitude and longitude seem to be swapped: most coordinates lie in the city only the other way round',
              }
            : OUTSIDE,
        );
      if (plain.length >= ENOUGH && median(shifted) < median(plain) / 2)
        notes.push({
          zh: '注意：坐标像是 GCJ-02（与同名的已知地点相差约 500 米），请先转为 CGCS2000',
          en: 'warning: the coordinates seem to be GCJ-02 (shifted by some 500 m against the known places of the same names); convert them to CGCS2000 first',
        });
      return notes;
    },
  };
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
