/** Ready-to-paste calls for one layer. `origin` is where the platform answers, `key` a key or the name of a shell variable. */
export interface Examples {
  api: string; // the address QGIS and GDAL ask for
  items: string;
  tiles: string;
  tilejson: string;
  curl: string;
  ogr2ogr: string;
}

export function examples(origin: string, layer: string, key = '$YUTU_KEY'): Examples {
  const api = `${origin.replace(/\/+$/, '')}/api`;
  const collection = `${api}/collections/${encodeURIComponent(layer)}`;
  const tiles = `${collection}/tiles/WebMercatorQuad/{z}/{y}/{x}`;
  return {
    api,
    items: `${collection}/items`,
    tiles,
    tilejson: `${collection}/tilejson`,
    curl: `curl -H "Authorization: Bearer ${key}" \\\n  "${collection}/items?limit=100"`,
    // any user name; the key is the password; by itself GDAL asks for ten features at a time
    ogr2ogr: `ogr2ogr -f GPKG ${layer}.gpkg -oo PAGE_SIZE=1000 \\\n  --config GDAL_HTTP_AUTH BASIC \\\n  --config GDAL_HTTP_USERPWD "yutu:${key}" \\\n  "OAPIF:${api}" ${layer}`,
  };
}
