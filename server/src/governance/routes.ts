import { isDay } from '@yutu/contract';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Decisions } from '../access/decisions.js';
import { requireKnown } from '../access/require.js';
import type { AuditRow } from '../audit/chain.js';
import type { Ledger } from '../audit/ledger.js';
import { knownAnchors, type Seals } from '../audit/seals.js';
import { verifyLog } from '../audit/verify.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Database } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import type { Guard } from '../guard/guard.js';
import { limitsOf } from '../guard/policy.js';
import { integerParam, queryParams, readBody, requireRole, requireUser } from '../http/request.js';
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

  router.get('/api/audit', async (req, res) => {
    const user = requireUser(res);
    const params = queryParams(req, ['layer', 'action', 'actor', 'before', 'limit']);
    // Stewards read the log of their own layers; all of it is the auditors'.
    const all = hasRole(user, 'auditor');
    if (!all && !hasRole(user, 'steward')) fail('role_required', { role: 'auditor' });
    const own = [...catalogue.layers.values()].filter((l) => isStewardOf(user, l.owner)).map((l) => l.id);
    const limit = integerParam(params, 'limit', { min: 1, max: 1000, fallback: 100, clamp: true });
    const before = integerParam(params, 'before', { min: 1, max: Number.MAX_SAFE_INTEGER, fallback: Number.MAX_SAFE_INTEGER });
    await ledger.flush();
    const rows = await db.query<AuditRow>(
      `select * from yutu.audit where seq < $1 and ($2::boolean or layer = any($3::text[])) and ($4::text is null or layer = $4)
         and ($5::text is null or action = $5) and ($6::text is null or actor = $6) order by seq desc limit $7::int`,
      [before, all, own, params.layer ?? null, params.action ?? null, params.actor ?? null, limit],
    );
    res.setHeader('Cache-Control', 'no-store').json({
      entries: rows.map((row) => ({ ...row, ...sentence(row, catalogue) })),
      next: rows.length === limit ? rows.at(-1)!.seq : null,
    });
  });

  router.get('/api/audit/verify', async (req, res) => {
    requireRole(requireUser(res), 'auditor');
    queryParams(req, []);
    res.setHeader('Cache-Control', 'no-store').json(await verifyLog(db, { anchors: await knownAnchors(seals.file) }));
  });

  router.get('/api/audit/head', async (req, res) => {
    requireRole(requireUser(res), 'auditor');
    queryParams(req, []);
    const { fingerprint, algorithm, publicKey } = await seals.key();
    const [head] = await db.query<{ seq: number; hash: string; algorithm: string }>(
      'select seq, hash, algorithm from yutu.audit_head',
    );
    const [sealed] = await db.query<{ seq: number; hash: string; at: string; key: string; signature: string }>(
      'select seq, hash, at, key, signature from yutu.audit_seal order by seq desc limit 1',
    );
    res
      .setHeader('Cache-Control', 'no-store')
      .json({ ...head, sealed: sealed ?? null, key: { fingerprint, algorithm, publicKey } });
  });

  /** Rows of a layer's use for its owner's stewards and the auditors, and the day the oldest is of. */
  async function usageOf(req: Request, res: Response, limit: number): Promise<UsageRow[]> {
    const user = requireUser(res);
    const { from, until } = queryParams(req, ['from', 'until'], ['json', 'csv']);
    for (const [name, day] of Object.entries({ from, until }))
      if (day !== undefined && !isDay(day)) badParameter(name, '应为日期，如 2026-11-22', 'it must be a day, as in 2026-11-22');
    const layer = requireKnown(catalogue, rooms.decisions, user, String(req.params.layer));
    if (!isStewardOf(user, layer.owner) && !hasRole(user, 'auditor')) fail('role_required', { role: 'steward' });
    await ledger.flush();
    return db.query<UsageRow>(
      `select day, organisation, actor, surface, via, grants[1] as "grant", sum(requests) as requests, sum(features) as features,
         sum(bytes) as bytes, sum(km2) as km2
       from yutu.access_day where layer = $1 and day >= coalesce($2::date, '-infinity') and day <= coalesce($3::date, 'infinity')
       group by 1, 2, 3, 4, 5, 6 order by day desc, requests desc, organisation, actor, surface limit $4::int`,
      [layer.id, from ?? null, until ?? null, limit],
    );
  }

  router.get('/api/collections/:layer/usage', async (req, res) => {
    const csv = req.query.f === 'csv';
    const rows = await usageOf(req, res, csv ? CSV_MOST : 1000);
    res.setHeader('Cache-Control', 'no-store');
    if (csv) {
      res.setHeader('Content-Disposition', `attachment; filename="${req.params.layer}-usage.csv"`);
      res.type('text/csv').send(usageCsv(rows, catalogue));
      return;
    }
    res.json({
      usage: rows.map((r) => ({ ...r, organisation: r.organisation === null ? null : catalogue.organisation(r.organisation) })),
    });
  });

  router.get('/api/governance/extraction', async (req, res) => {
    const user = requireUser(res);
    queryParams(req, []);
    const all = overseers(user);
    if (!all && !hasRole(user, 'steward')) fail('role_required', { role: 'steward' });
    await ledger.flush();
    const standings = await guard.extractions.list();
    res.setHeader('Cache-Control', 'no-store').json({
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

  router.post('/api/governance/extraction/lift', async (req, res) => {
    const user = requireUser(res);
    queryParams(req, []);
    const { layer: id, organisation, reason } = await readBody(req, liftInput);
    const layer = requireKnown(catalogue, rooms.decisions, user, id);
    const refusal = liftRefusal(user, layer.owner, organisation);
    if (refusal === 'role') fail('role_required', { role: 'steward' });
    if (refusal !== null) fail(refusal);
    if (!(await guard.extractions.lift(organisation, layer.id, user, reason))) fail('extraction_none');
    res.status(204).end();
  });
  return router;
}

const liftInput = z.strictObject({
  layer: z.string().max(60),
  organisation: z.string().max(60),
  reason: z.string().trim().min(1).max(400),
});

/** Those who see every layer's. */
const overseers = (user: Caller): boolean => hasRole(user, 'auditor', 'security');
