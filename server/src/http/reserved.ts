/** Known at every address: the format of the answer, and the preview under which a steward looks (identity/previews.ts). */
export const EVERYWHERE = ['f', 'preview'] as const;

/**
 * Names of parameters that a field of the same name never takes over, so that an address means the same at every layer: those of the
 * addresses of a layer's features and tiles, and those that the standards around OGC API Features give a meaning, offered here or not.
 */
export const RESERVED: ReadonlySet<string> = new Set([
  ...EVERYWHERE,
  ...['bbox', 'datetime', 'limit', 'offset', 'after', 'since'],
  ...['filter', 'filter-lang', 'filter-crs', 'by', 'breaks', 'of'],
  ...['collections', 'signed'],
  // Part 2, and drafts and habits that clients follow.
  ...[
    'crs',
    'bbox-crs',
    'sortby',
    'properties',
    'exclude-properties',
    'skipGeometry',
    'q',
    'profile',
    'startIndex',
    'startindex',
  ],
]);
