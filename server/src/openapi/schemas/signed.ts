import { embedInput as embedBody, signatureInput as signatureBody } from '../../account/signed.js';
import { answered, instant, offeredTo, uuid } from './common.js';
import { z } from './zod.js';

export const signatureInput = signatureBody
  .meta({ description: '`hours`: how long the addresses are good' })
  .openapi('SignatureInput');

const addresses = {
  tiles: z.string().meta({ description: 'Template of the tiles’ addresses' }),
  tilejson: z.string().meta({ description: 'Address of the TileJSON' }),
};

export const signedTiles = z.object({ id: uuid, ...addresses, until: instant }).openapi('SignedTiles');

export const embedInput = embedBody
  .meta({ description: '`origins`: the sites, as browsers name them. `days`: how long, at most; the grant’s end comes first.' })
  .openapi('EmbedInput');

export const embed = z
  .object({
    id: uuid,
    layer: z.string(),
    organisation: z.string(),
    createdBy: z.string(),
    origins: z.array(z.string()),
    createdAt: instant,
    until: instant,
    revokedAt: instant.nullable(),
    ...answered,
    offeredTo,
  })
  .openapi('Embed');

export const newEmbed = embed.extend(addresses).openapi('NewEmbed');

export const embeds = z.object({ embeds: z.array(embed) }).openapi('Embeds');

export const signedAddress = z
  .object({
    id: uuid,
    layer: z.string(),
    organisation: z.string(),
    createdBy: z.string().meta({ description: 'A person, or the key or certificate that asked for it' }),
    credential: uuid.nullable().meta({ description: 'The key or certificate that asked for it; null: the person did' }),
    createdAt: instant,
    until: instant,
    revokedAt: instant.nullable(),
    ...answered,
  })
  .openapi('SignedAddress');

export const signedAddresses = z.object({ addresses: z.array(signedAddress) }).openapi('SignedAddresses');
