import * as examples from '../examples/signed.js';
import { answer, BODY_FAULTS, body, operation } from '../operation.js';
import { param } from '../parameters.js';
import type { Paths } from '../types.js';
import { DATA_FAULTS } from './features.js';

const RIGHTS = DATA_FAULTS.filter((fault) => fault !== 'parameter_unknown');

/** Addresses of tiles that carry their right in themselves. */
export const signedPaths: Paths = {
  '/collections/{layer}/signed-tiles': {
    post: operation({
      id: 'signTiles',
      tag: 'Tiles',
      en: 'Sign addresses of a layer’s tiles for some hours',
      zh: '签发图层瓦片的限时网址',
      about:
        'For clients that cannot send headers. The address shows the tiles as its issuer sees them and nothing else; it dies with its hours, with the issuer’s account or key, and when the issuer’s rights to the layer change.',
      parameters: [param('layer')],
      body: body('SignatureInput', examples.signatureInput),
      answers: { 201: answer('SignedTiles', 'Addresses for whoever shall see the tiles', examples.signedTiles) },
      faults: [...RIGHTS, 'sign_in_required', 'parameter_invalid.hours', ...BODY_FAULTS],
    }),
  },
  '/collections/{layer}/embeds': {
    post: operation({
      id: 'createEmbed',
      tag: 'Tiles',
      en: 'Sign addresses of a layer’s tiles for named sites',
      zh: '为其他网站签发图层瓦片的嵌入网址',
      about:
        'Needs the action `embed`. Browsers show the tiles on the named sites only; the address ends with its days, at the latest with the grant, and when it is revoked.',
      callers: 'person',
      parameters: [param('layer')],
      body: body('EmbedInput', examples.embedInput),
      answers: {
        201: answer('NewEmbed', 'The embed with its addresses, which are shown this once', examples.newEmbed, {
          headers: ['Location'],
        }),
      },
      faults: [...RIGHTS, 'parameter_invalid.origins', ...BODY_FAULTS],
    }),
  },
  '/embeds': {
    get: operation({
      id: 'getEmbeds',
      tag: 'Tiles',
      en: 'Embeds of the caller’s organisation',
      zh: '本单位的嵌入',
      callers: 'person',
      answers: { 200: answer('Embeds', 'The embeds, without their addresses', examples.embeds) },
      faults: ['parameter_unknown'],
    }),
  },
  '/embeds/{id}': {
    delete: operation({
      id: 'revokeEmbed',
      tag: 'Tiles',
      en: 'Revoke an embed',
      zh: '停用嵌入',
      about: 'Its addresses are refused from the next request on.',
      callers: 'person',
      parameters: [param('embed')],
      answers: { 204: { description: 'Revoked' } },
      faults: ['embed_not_found', 'origin_refused', 'disk_full'],
    }),
  },
};
