import { OpenApiGeneratorV3 } from '@asteasolutions/zod-to-openapi';
import { tags } from '@yutu/contract';
import { SESSION_COOKIE } from '../identity/credentials.js';
import { headers, sharedResponses } from './operation.js';
import { parameters } from './parameters.js';
import { paths, rootPaths } from './paths/index.js';
import { problemExamples } from './problems.js';
import { schemas } from './schemas/index.js';
import type { Components, Document, SecurityScheme } from './types.js';

/** Version of the interface: the package's. */
export const VERSION = '0.1.0';

const description = `Departments share their maps through Yutu (舆图); who may see what is decided for every request.

**Credentials.** A key as \`Authorization: Bearer <key>\`, or as the password of HTTP Basic with any user name (QGIS and GDAL do this). A person signs in with \`POST /session\` and is known by the cookie. The header beats the cookie; a wrong or revoked key is 401 even on public layers.

**What a caller sees.** A layer that the caller may not discover is 404. A closed one shows its metadata, and its data answer 401 to the anonymous and 403 with how to request to the others. Fields that are hidden are absent.

**Faults** are \`application/problem+json\` with a stable \`code\`, in the language of \`Accept-Language\` (zh-CN unless en is asked for). Query parameters that are not listed are refused with 400. Every GET also answers HEAD. Writes with the cookie are taken from the platform's own pages only.

**部门之间通过舆图共享地图数据**：每次请求都重新判定可见范围；未获权的图层只给元数据；出错时返回 problem+json，\`code\` 稳定不变。`;

const securitySchemes: Record<string, SecurityScheme> = {
  bearerKey: { type: 'http', scheme: 'bearer', description: 'A key made under “My keys” (我的密钥)' },
  basicKey: { type: 'http', scheme: 'basic', description: 'The key as the password; the user name is not looked at' },
  session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: 'Set by POST /session' },
};

const ONLY_NULL = { nullable: true, enum: [null] };

/**
 * Null in OpenAPI 3.0 is `nullable`, which says nothing beside a reference or on its own: what the generator means by it there is
 * an alternative that holds null only.
 */
export function spellNull<T>(node: T): T {
  if (Array.isArray(node)) return node.map(spellNull) as T;
  if (node === null || typeof node !== 'object') return node;
  const out: Record<string, unknown> = Object.fromEntries(Object.entries(node).map(([k, v]) => [k, spellNull(v)]));
  if (Array.isArray(out.allOf)) {
    const { allOf, ...rest } = out;
    const [first, ...others] = allOf as Record<string, unknown>[];
    const { nullable, ...beside } = Object.assign({}, ...others, rest) as Record<string, unknown>;
    if (nullable) return { ...beside, anyOf: [first, ONLY_NULL] } as T;
  }
  if (Array.isArray(out.anyOf))
    out.anyOf = out.anyOf.map((one) => (one.nullable === true && Object.keys(one).length === 1 ? ONLY_NULL : one));
  return out as T;
}

/** The components that come from the zod schemas. */
function schemaComponents(): NonNullable<Components['schemas']> {
  const definitions = Object.values(schemas).map((schema) => ({ type: 'schema' as const, schema }));
  return spellNull(new OpenApiGeneratorV3(definitions).generateComponents().components?.schemas ?? {});
}

type Still = Omit<Document, 'info' | 'servers'>;
let still: Still | undefined;

/** What does not depend on who asks where; made once. */
function stillPart(): Still {
  still ??= {
    openapi: '3.0.3',
    tags: Object.entries(tags).map(([name, [en, zh]]) => ({ name, description: `${en} / ${zh}` })),
    security: [{}, { bearerKey: [] }, { basicKey: [] }, { session: [] }],
    paths,
    components: {
      schemas: schemaComponents(),
      responses: sharedResponses,
      parameters,
      examples: problemExamples,
      headers,
      securitySchemes,
    },
  };
  return still;
}

/**
 * The OpenAPI 3.0 document (OGC API Features Part 1, requirements class oas30). It is the same for every caller, so that it tells
 * nobody of a layer. Its paths stand below `/api`: QGIS and the OGC test suite look for `/collections/…`.
 * @param origin of absolute addresses, such as https://maps.example
 */
export function openapiDocument(origin: string, brand: { brandZh: string; brandEn: string }): Document {
  const { openapi, paths: below, ...rest } = stillPart();
  const root = Object.fromEntries(
    Object.entries(rootPaths).map(([path, item]) => [path, { ...item, servers: [{ url: origin }] }]),
  );
  return {
    openapi,
    info: {
      title: brand.brandZh === brand.brandEn ? brand.brandEn : `${brand.brandZh} ${brand.brandEn}`,
      version: VERSION,
      description,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: `${origin}/api` }],
    ...rest,
    paths: { ...below, ...root },
  };
}
