import { Router } from 'express';
import type { Decisions } from '../access/decisions.js';
import { requireLayer } from '../access/require.js';
import { type AuditRow, verifyChain } from '../audit/chain.js';
import type { Ledger } from '../audit/ledger.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Database } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { integerParam, queryParams, requireRole, requireUser } from '../http/request.js';
import { hasRole, isStewardOf } from '../identity/caller.js';
import { sentence } from './sentence.js';

export interface GovernanceRooms {
  db: Database;
  catalogue: Catalogue;
  decisions: Decisions;
  ledger: Ledger;
  timezone: string;
}

/** /api/audit for the auditors, and who has seen a layer for its owner. */
export function governanceRoutes(rooms: GovernanceRooms): Router {
  const { db, catalogue, ledger } = rooms;
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
    requireRole(res, 'auditor');
    queryParams(req, []);
    res.setHeader('Cache-Control', 'no-store').json(await verifyChain(db));
  });

  router.get('/api/collections/:layer/usage', async (req, res) => {
    const user = requireUser(res);
    queryParams(req, []);
    const { layer } = requireLayer(catalogue, rooms.decisions, user, req.params.layer);
    if (!isStewardOf(user, layer.owner) && !hasRole(user, 'auditor')) fail('role_required', { role: 'steward' });
    await ledger.flush();
    const rows = await db.query<{
      day: string;
      organisation: string | null;
      actor: string | null;
      surface: string;
      via: string;
      grant: string | null;
      requests: number;
      features: number;
      bytes: number;
    }>(
      `select (at at time zone $2)::date as day, organisation, actor, detail->>'surface' as surface, detail->>'via' as via, subject as grant,
         sum((detail->>'requests')::bigint) as requests, sum((detail->>'features')::bigint) as features, sum((detail->>'bytes')::bigint) as bytes
       from yutu.audit where layer = $1 and action = 'access'
       group by 1, 2, 3, 4, 5, 6 order by 1 desc, requests desc limit 1000`,
      [layer.id, rooms.timezone],
    );
    res.setHeader('Cache-Control', 'no-store').json({
      usage: rows.map((r) => ({ ...r, organisation: r.organisation === null ? null : catalogue.organisation(r.organisation) })),
    });
  });
  return router;
}
