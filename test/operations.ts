import { anonymous, type Place } from './harness.js';

/** The operations of the API as its own document names them: what is added there is attacked too. */
export interface Operation {
  id: string;
  method: string;
  /** Whole path with `{parameter}` where one goes. */
  path: string;
  parameters: { name: string; in: 'path' | 'query' | 'header'; example: string }[];
  /** Bodies that the operation takes, by their examples. */
  bodies: unknown[];
  mediaType: string | null;
}

// biome-ignore lint/suspicious/noExplicitAny: a JSON document is walked
type Json = any;

export async function operationsOf(place: Place): Promise<Operation[]> {
  const { json: document } = await anonymous(place).get('/api/openapi.json');
  const resolve = (node: Json): Json =>
    node?.$ref
      ? resolve(
          node.$ref
            .slice(2)
            .split('/')
            .reduce((at: Json, key: string) => at?.[key], document),
        )
      : node;
  return Object.entries<Json>(document.paths).flatMap(([path, item]) => {
    const base = new URL((item.servers ?? document.servers)[0].url).pathname.replace(/\/$/, '');
    return ['get', 'post', 'put', 'patch', 'delete']
      .filter((method) => item[method])
      .map((method) => {
        const { operationId, parameters = [], requestBody } = item[method];
        const [mediaType, media] = Object.entries<Json>(resolve(requestBody)?.content ?? {})[0] ?? [null, null];
        return {
          id: operationId,
          method: method.toUpperCase(),
          path: `${base}${path}`.replace(/\/$/, ''),
          parameters: parameters.map(resolve).map((p: Json) => ({
            name: p.name,
            in: p.in,
            example: String(p.example ?? p.schema?.default ?? p.schema?.enum?.[0] ?? 'x'),
          })),
          bodies: Object.values<Json>(media?.examples ?? {}).map((e) => resolve(e).value),
          mediaType,
        };
      });
  });
}

/** The address of an operation, each parameter of its path as `value` says, already encoded. */
export const addressOf = (operation: Operation, value: (name: string, example: string) => string): string =>
  operation.path.replace(/\{(\w+)\}/g, (_, name) =>
    value(name, operation.parameters.find((p) => p.in === 'path' && p.name === name)?.example ?? 'x'),
  );
