import type { Examples } from '../operation.js';
import { API } from './host.js';

const ID = '1c1f0a52-5c5e-4d0e-9a63-8f5f8a3f2b11';
const survey = {
  id: ID,
  title: '踏勘点',
  features: 1,
  extent: [106.55, 29.56, 106.55, 29.56] as [number, number, number, number],
  expires: '2026-11-23T08:00:00Z',
  layer: 'draft' as const,
  tiles: `${API}/drafts/${ID}/tiles/WebMercatorQuad/{z}/{y}/{x}`,
  minzoom: 0 as const,
  maxzoom: 18 as const,
};

export const draftInput: Examples<'DraftInput'> = {
  survey: [
    'One point',
    {
      type: 'FeatureCollection',
      name: '踏勘点',
      features: [
        { type: 'Feature', properties: { note: '围墙缺口' }, geometry: { type: 'Point', coordinates: [106.55, 29.56] } },
      ],
    },
  ],
};
export const draft: Examples<'Draft'> = { survey: ['On the map for a day', survey] };
export const drafts: Examples<'Drafts'> = { own: ['The caller’s own', { drafts: [survey] }] };
