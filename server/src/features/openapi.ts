/** The OpenAPI document (3.0, as OGC's suite wants it). */
export function openapi(origin: string) {
  return { openapi: '3.0.3', info: { title: 'Yutu', version: '0.1.0' }, servers: [{ url: origin }], paths: {} };
}
