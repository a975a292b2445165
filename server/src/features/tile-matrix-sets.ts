import { JSON_TYPE, type Link, WEB_MERCATOR_QUAD } from './links.js';

/** The ids that a layer's tiles may be had in. */
export const TILE_MATRIX_SETS = ['WebMercatorQuad'] as const;

const TITLE = 'Google Maps Compatible for the World';
const CRS = 'http://www.opengis.net/def/crs/EPSG/0/3857';
const EDGE = 20_037_508.342_789_2;
/** At zoom 0: metres per pixel, and as a scale with pixels of 0.28 mm. */
const CELL = 156_543.033_928_041;
const SCALE = 559_082_264.028_717;
/** As many as the standard's own definition has; tiles end before. */
const ZOOMS = 25;

const linksTo = (origin: string): Link[] => [
  { href: `${origin}/api/tileMatrixSets/WebMercatorQuad`, rel: 'self', type: JSON_TYPE },
];

/** /tileMatrixSets (OGC API Tiles Part 1, §8; networks that reach no registry read the sets here). */
export const tileMatrixSets = (origin: string) => ({
  links: [{ href: `${origin}/api/tileMatrixSets`, rel: 'self', type: JSON_TYPE }],
  tileMatrixSets: [{ id: 'WebMercatorQuad', title: TITLE, uri: WEB_MERCATOR_QUAD, crs: CRS, links: linksTo(origin) }],
});

/**
 * The definition of WebMercatorQuad (OGC 17-083r4, annex D.1), and beside each member of another name in the standard's first version that one, too:
 * GDAL up to 3.6 knows no other.
 */
export const tileMatrixSet = (origin: string) => ({
  id: 'WebMercatorQuad',
  title: TITLE,
  type: 'TileMatrixSetType',
  identifier: 'WebMercatorQuad',
  supportedCRS: CRS,
  uri: WEB_MERCATOR_QUAD,
  crs: CRS,
  orderedAxes: ['X', 'Y'],
  wellKnownScaleSet: 'http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible',
  links: linksTo(origin),
  tileMatrices: Array.from({ length: ZOOMS }, (_, z) => ({
    id: String(z),
    identifier: String(z),
    scaleDenominator: SCALE / 2 ** z,
    cellSize: CELL / 2 ** z,
    cornerOfOrigin: 'topLeft',
    pointOfOrigin: [-EDGE, EDGE],
    topLeftCorner: [-EDGE, EDGE],
    tileWidth: 256,
    tileHeight: 256,
    matrixWidth: 2 ** z,
    matrixHeight: 2 ** z,
  })),
});
