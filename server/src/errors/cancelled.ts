/**
 * Whether the database gave a statement up, because it was told to or its time was over. GEOS says so in words of its own, and some functions
 * of PostGIS pass these on as a fault.
 */
export function isCancelled(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return code === '57014' || (code === 'XX000' && /GEOS Error: (InterruptedException|Interrupted!)/.test(String(message)));
}
