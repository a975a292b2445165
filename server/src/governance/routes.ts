import { Router } from 'express';
import type { Decisions } from '../access/decisions.js';
import { requireLayer } from '../access/require.js';
import type { AuditRow } from '../audit/chain.js';
import type { Ledger } from '../audit/ledger.js';
import { knownAnchors, type Seals } from '../audit/seals.js';
import { verifyLog } from '../audit/verify.js';
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
  seals: Seals;
  timezone: string;
}

/** /api/audit for the auditors, and who has seen a layer for its owner. */
export function governanceRoutes(rooms: GovernanceRooms): Router {
  const { db, catalogue, ledger, seals } = rooms;
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
    res.setHeader('Cache-Control', 'no-store').json(await verifyLog(db, { anchors: await knownAnchors(seals.file) }));
  });

  router.get('/api/audit/head', async (req, res) => {
    requireRole(res, 'auditor');
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
      km2: number;
    }>(
      `select day, organisation, actor, surface, via, grants[1] as grant, sum(requests) as requests, sum(features) as features,
         sum(bytes) as bytes, sum(km2) as km2
       from yutu.access_day where layer = $1
       group by 1, 2, 3, 4, 5, 6 order by day desc, requests desc limit 1000`,
      [layer.id],
    );
    res.setHeader('Cache-Control', 'no-store').json({
      usage: rows.map((r) => ({ ...r, organisation: r.organisation === null ? null : catalogue.organisation(r.organisation) })),
    });
  });
  return router;
}
