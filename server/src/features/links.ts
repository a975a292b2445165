export interface Link {
  href: string;
  rel: string;
  type?: string;
  title?: string;
  templated?: boolean;
}

export const GEOJSON = 'application/geo+json';
export const JSON_TYPE = 'application/json';
export const OPENAPI = 'application/vnd.oai.openapi+json;version=3.0';
export const MVT = 'application/vnd.mapbox-vector-tile';
export const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84';
export const GREGORIAN = 'http://www.opengis.net/def/uom/ISO-8601/0/Gregorian';
export const TILESETS_VECTOR = 'http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector';
export const TILING_SCHEMES = 'http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes';
export const TILING_SCHEME = 'http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme';
export const QUERYABLES = 'http://www.opengis.net/def/rel/ogc/1.0/queryables';
export const WEB_MERCATOR_QUAD = 'http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad';
/** Relations of the platform's own (RFC 8288, §2.1.2: a URI). */
export const CHANGES = 'urn:yutu:rel:changes';
export const STATISTICS = 'urn:yutu:rel:statistics';
export const ANALYSE = 'urn:yutu:rel:analyse';
export const VERIFY = 'urn:yutu:rel:verify';
