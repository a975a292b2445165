import { auditOperations, governanceOperations } from '@yutu/contract';
import { Router } from 'express';
import type { Decisions } from '../access/decisions.js';
import { requireKnown } from '../access/require.js';
import type { AuditRow, HashAlgorithm } from '../audit/chain.js';
import type { Ledger } from '../audit/ledger.js';
import { knownAnchors, type Seals } from '../audit/seals.js';
import { verifyLog } from '../audit/verify.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Database } from '../db/database.js';
import { fail } from '../errors/fail.js';
import type { Guard } from '../guard/guard.js';
import { limitsOf } from '../guard/policy.js';
import { requireRole } from '../http/request.js';
import { file, noContent, ok, serve } from '../http/serve.js';
import { type Caller, hasRole, isStewardOf } from '../identity/caller.js';
import { liftRefusal } from './rules.js';
import { sentence } from './sentence.js';
import { CSV_MOST, type UsageRow, usageCsv } from './usage.js';

export interface GovernanceRooms {
  db: Database;
  catalogue: Catalogue;
  decisions: Decisions;
  ledger: Ledger;
  guard: Guard;
  seals: Seals;
  timezone: string;
}

/** /api/audit for the auditors, and who has seen a layer for its owner. */
export function governanceRoutes(rooms: GovernanceRooms): Router {
  const { db, catalogue, ledger, guard, seals } = rooms;
  const router = Router();

  serve(router, auditOperations.getAudit, async ({ caller: user, query }) => {
    const { layer, action, actor, before = Number.MAX_SAFE_INTEGER, limit } = query;
    // Stewards read the log of their own layers; all of it is the auditors'.
    const all = hasRole(user, 'auditor');
    if (!all && !hasRole(user, 'steward')) fail('role_required', { role: 'auditor' });
    const own = [...catalogue.layers.values()].filter((l) => isStewardOf(user, l.owner)).map((l) => l.id);
    await ledger.flush();
    const rows = await db.query<AuditRow>(
      `select * from yutu.audit where seq < $1 and ($2::boolean or layer = any($3::text[])) and ($4::text is null or layer = $4)
         and ($5::text is null or action = $5) and ($6::text is null or actor = $6) order by seq desc limit $7::int`,
      [before, all, own, layer ?? null, action ?? null, actor ?? null, limit],
    );
    return ok({
      entries: rows.map((row) => ({ ...row, ...sentence(row, catalogue) })),
      next: rows.length === limit ? rows.at(-1)!.seq : null,
    });
  });

  serve(router, auditOperations.verifyAudit, async ({ caller }) => {
    requireRole(caller, 'auditor');
    return ok(await verifyLog(db, { anchors: await knownAnchors(seals.file) }));
  });

  serve(router, auditOperations.getAuditHead, async ({ caller }) => {
    requireRole(caller, 'auditor');
    const { fingerprint, algorithm, publicKey } = await seals.key();
    const [head] = await db.query<{ seq: number; hash: string; algorithm: HashAlgorithm }>(
      'select seq, hash, algorithm from yutu.audit_head',
    );
    const [sealed] = await db.query<{ seq: number; hash: string; at: string; key: string; signature: string }>(
      'select seq, hash, at, key, signature from yutu.audit_seal order by seq desc limit 1',
    );
    return ok({ ...head!, sealed: sealed ?? null, key: { fingerprint, algorithm, publicKey } });
  });

  serve(router, governanceOperations.getUsage, async ({ caller: user, params, query: { from, until, f } }) => {
    const layer = requireKnown(catalogue, rooms.decisions, user, params.layer);
    if (!isStewardOf(user, layer.owner) && !hasRole(user, 'auditor')) fail('role_required', { role: 'steward' });
    await ledger.flush();
    const rows = await db.query<UsageRow>(
      `select day, organisation, actor, surface, via, grants[1] as "grant", sum(requests) as requests, sum(features) as features,
         sum(bytes) as bytes, sum(km2) as km2
       from yutu.access_day where layer = $1 and day >= coalesce($2::date, '-infinity') and day <= coalesce($3::date, 'infinity')
       group by 1, 2, 3, 4, 5, 6 order by day desc, requests desc, organisation, actor, surface limit $4::int`,
      [layer.id, from ?? null, until ?? null, f === 'csv' ? CSV_MOST : 1000],
    );
    if (f === 'csv') return file(`${layer.id}-usage.csv`, usageCsv(rows, catalogue));
    return ok({
      usage: rows.map((r) => ({ ...r, organisation: r.organisation === null ? null : catalogue.organisation(r.organisation) })),
    });
  });

  serve(router, governanceOperations.getExtraction, async ({ caller: user }) => {
    const all = overseers(user);
    if (!all && !hasRole(user, 'steward')) fail('role_required', { role: 'steward' });
    await ledger.flush();
    const standings = await guard.extractions.list();
    return ok({
      extraction: standings.flatMap(({ layer: id, organisation, liftedRows: _rows, liftedKm2: _km2, ...standing }) => {
        const layer = catalogue.layers.get(id);
        if (!layer || (!all && !isStewardOf(user, layer.owner))) return [];
        const limits = limitsOf(layer, catalogue.instance);
        // What nobody limits is no number in JSON.
        const finite = (n: number | undefined) => (n !== undefined && Number.isFinite(n) ? n : null);
        return {
          layer: { id, titleZh: layer.titleZh, titleEn: layer.titleEn, owner: layer.owner },
          organisation: catalogue.organisation(organisation),
          ...standing,
          featureCount: layer.featureCount,
          limits: limits && { ...limits, rows: finite(limits.rows), km2: finite(limits.km2) },
          mayLift: liftRefusal(user, layer.owner, organisation) === null && standing.level !== 'none',
        };
      }),
    });
  });

  serve(router, governanceOperations.liftExtraction, async ({ caller: user, body }) => {
    const { layer: id, organisation, reason } = await body();
    const layer = requireKnown(catalogue, rooms.decisions, user, id);
    const refusal = liftRefusal(user, layer.owner, organisation);
    if (refusal === 'role') fail('role_required', { role: 'steward' });
    if (refusal !== null) fail(refusal);
    if (!(await guard.extractions.lift(organisation, layer.id, user, reason))) fail('extraction_none');
    return noContent();
  });
  return router;
}

/** Those who see every layer's. */
const overseers = (user: Caller): boolean => hasRole(user, 'auditor', 'security');
