import { describe, expect, it } from 'vitest';
import { examples } from './examples';

describe('ready-to-paste calls', () => {
  const e = examples('https://map.example.gov.cn/', 'parcels', 'yt_abc');
  it('ask under /api, whatever the origin ends in', () => {
    expect(e.items).toBe('https://map.example.gov.cn/api/collections/parcels/items');
    expect(e.tiles).toBe('https://map.example.gov.cn/api/collections/parcels/tiles/WebMercatorQuad/{z}/{y}/{x}');
  });
  it('carry the key as a header for curl and as a password for GDAL', () => {
    expect(e.curl).toContain('"Authorization: Bearer yt_abc"');
    expect(e.ogr2ogr).toContain('GDAL_HTTP_USERPWD "yutu:yt_abc"');
    expect(e.ogr2ogr.endsWith('"OAPIF:https://map.example.gov.cn/api" parcels')).toBe(true);
  });
  it('leave the key to the shell unless told', () => {
    expect(examples('http://localhost:8080', 'hazards').curl).toContain('Bearer $YUTU_KEY');
  });
});
