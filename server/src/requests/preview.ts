import type { PreviewInput } from '@yutu/contract';
import { loadAreas } from '../access/areas.js';
import { DRAFTED, writeDraft } from '../access/draft.js';
import { type GrantFacts, jurisdictions } from '../access/grants.js';
import { requireLayer } from '../access/require.js';
import { record } from '../audit/chain.js';
import { endOfDay } from '../catalogue/calendar.js';
import type { Action } from '../catalogue/definition.js';
import { badParameter, fail } from '../errors/fail.js';
import { type Caller, isStewardOf } from '../identity/caller.js';
import { openPreview } from '../identity/previews.js';
import { readContent, readRows } from './grant.js';
import { requestById } from './load.js';
import type { RequestRooms } from './rooms.js';
import { callerOfSubject } from './subject.js';

type User = Extract<Caller, { kind: 'user' }>;

/**
 * Opens a preview: the layer as a subject sees it, or as the applicant of a request would under a drafted grant.
 * @param session the secret of the session that opens it
 * @throws `role_required` unless the caller is the owner's steward
 */
export async function preview(rooms: RequestRooms, user: User, session: string, input: PreviewInput) {
  const { catalogue, decisions, db } = rooms;
  const { layer } = requireLayer(catalogue, decisions, user, input.layer);
  if (!isStewardOf(user, layer.owner)) fail('role_required', { role: 'steward' });
  const request = input.request === undefined ? null : await requestById(db, input.request);
  if (input.request !== undefined && (!request || request.layer !== layer.id || request.submittedAt === null))
    fail('request_not_found');
  const subject = input.as ?? (request && `organisation:${request.organisation}`);
  if (!subject) badParameter('as', '请写明以谁的身份预览', 'say as whom');
  const { caller, presented } = await callerOfSubject(db, catalogue, subject, rooms.timezone);
  const opened = await db.tx(async (q) => {
    let draft: GrantFacts | null = null;
    if (input.grant) {
      const content = await readContent(q, rooms, layer, presented.kind, input.grant);
      const [area] = content.areaId === null ? [] : (await loadAreas(q, [content.areaId])).values();
      const editions = content.jurisdiction === null ? null : await jurisdictions(q, [content.jurisdiction]);
      draft = {
        id: DRAFTED,
        layer: layer.id,
        subjectKind: presented.kind,
        subject,
        grantee: caller.organisation,
        actions: content.actions as Action[],
        fields: content.fields,
        rows: readRows(layer, content.rows, rooms.timezone),
        area: area ? { id: area.id, hash: area.hash } : null,
        jurisdiction: editions && editions.get(content.jurisdiction!)!,
        maxZoom: content.maxZoom,
        precision: content.precision ?? null,
        hasQuota: content.quota !== null,
        // As on its first day.
        from: 0,
        until: endOfDay(rooms.timezone, content.until),
      };
    }
    const made = await openPreview(q, user.name, session, { layer: layer.id, as: caller, draft: draft && writeDraft(draft) });
    await record(q, {
      actor: user.name,
      organisation: user.organisation,
      action: 'preview',
      layer: layer.id,
      subject: request?.id ?? null,
      detail: { as: subject, drafted: draft !== null },
    });
    return made;
  });
  return {
    ...opened,
    sentenceZh: `您正以“${presented.titleZh}”的身份看“${layer.titleZh}”${input.grant ? '，按拟同意的内容' : ''}。`,
    sentenceEn: `You are looking at "${layer.titleEn}" as ${presented.titleEn}${input.grant ? ', with the drafted grant' : ''}.`,
  };
}
