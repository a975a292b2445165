import * as accountExamples from '../examples/account.js';
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
        'For clients that cannot send headers. The address shows the tiles as its issuer sees them and nothing else; it dies with its hours, with the issuer’s account, password or key, when it is taken back, and when the issuer’s rights to the layer change. One that a key of some networks signed works from there only.',
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
  '/signed-tiles': {
    get: operation({
      id: 'getSignedTiles',
      tag: 'Tiles',
      en: 'Signed addresses that the caller may take back',
      zh: '可停用的签名网址',
      about:
        'One’s own and those of one’s keys; for the organisation’s administrator all of the organisation’s; for a steward those of its layers. The addresses themselves are not kept.',
      callers: 'person',
      answers: { 200: answer('SignedAddresses', 'The newest first, those over within a month among them', examples.signedList) },
      faults: ['parameter_unknown'],
    }),
  },
  '/signed-tiles/{id}': {
    delete: operation({
      id: 'revokeSignedTiles',
      tag: 'Tiles',
      en: 'Take a signed address back',
      zh: '停用签名网址',
      about: 'It is refused from the next request on.',
      callers: 'person',
      parameters: [param('signedAddress')],
      answers: { 204: { description: 'Revoked' } },
      faults: ['signed_not_found', 'origin_refused', 'disk_full'],
    }),
  },
  '/embeds': {
    get: operation({
      id: 'getEmbeds',
      tag: 'Tiles',
      en: 'Embeds of the caller’s organisation, and of layers whose steward the caller is',
      zh: '本单位的嵌入',
      callers: 'person',
      answers: { 200: answer('Embeds', 'The embeds, without their addresses', examples.embeds) },
      faults: ['parameter_unknown'],
    }),
  },
  '/embeds/{id}/hand-over': {
    post: operation({
      id: 'handOverEmbed',
      tag: 'Tiles',
      en: 'Ask a colleague to take an embed over',
      zh: '移交嵌入',
      about:
        'By whoever answers for it, or by the organisation’s administrator, never to themselves. Nothing changes until the colleague takes it.',
      callers: 'person',
      parameters: [param('embed')],
      body: body('HandOver', accountExamples.handOver),
      answers: { 200: answer('Embed', 'With who was asked', examples.oneEmbed) },
      faults: ['embed_not_found', 'credential_not_yours', 'credential_over', 'parameter_invalid.to', ...BODY_FAULTS],
    }),
  },
  '/embeds/{id}/accept': {
    post: operation({
      id: 'acceptEmbed',
      tag: 'Tiles',
      en: 'Take an embed over',
      zh: '接手嵌入',
      about: 'The address stays as it is, and shows what the colleague may embed when that is the same.',
      callers: 'person',
      parameters: [param('embed')],

      answers: { 200: answer('Embed', 'In the caller’s hands', examples.oneEmbed) },
      faults: ['embed_not_found', 'credential_not_offered', 'credential_over', 'origin_refused', 'disk_full'],
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
      faults: ['embed_not_found', 'credential_not_yours', 'origin_refused', 'disk_full'],
    }),
  },
};
