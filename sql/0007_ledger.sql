-- The log's seals, the daily ledger of data access, and what was drawn of layers (see server/src/audit and server/src/guard).

-- The algorithm of the rows to come; each row names its own.
alter table yutu.audit_head add column algorithm text not null default 'sha256';

-- Public keys that sealed this log. The private ones never enter the database.
create table yutu.audit_key (
  fingerprint text primary key,
  algorithm text not null,
  public_key text not null,
  created_at timestamptz not null default now()
);

-- Signed heads of the chain: row `seq` had this hash at that time.
create table yutu.audit_seal (
  seq bigint not null,
  hash text not null,
  at timestamptz not null,
  key text not null references yutu.audit_key,
  signature text not null,
  primary key (seq, key)
);

-- Signed last rows of the years that were exported and taken out: the chain is verified from there on.
create table yutu.audit_checkpoint (
  seq bigint primary key,
  hash text not null,
  at timestamptz not null,
  key text not null references yutu.audit_key,
  signature text not null
);

create trigger audit_key_append_only before update or delete or truncate on yutu.audit_key
  for each statement execute function yutu.refuse_change();
create trigger audit_seal_append_only before update or delete or truncate on yutu.audit_seal
  for each statement execute function yutu.refuse_change();
create trigger audit_checkpoint_append_only before update or delete or truncate on yutu.audit_checkpoint
  for each statement execute function yutu.refuse_change();

-- Rows leave the log only behind a checkpoint.
create function yutu.refuse_removal() returns trigger language plpgsql as $$
begin
  if old.seq > coalesce((select max(seq) from yutu.audit_checkpoint), 0) then
    raise exception 'the log is append-only';
  end if;
  return old;
end $$;
drop trigger audit_append_only on yutu.audit;
create trigger audit_append_only before update or truncate on yutu.audit
  for each statement execute function yutu.refuse_change();
create trigger audit_removal before delete on yutu.audit
  for each row execute function yutu.refuse_removal();

-- Who drew what, by day: for reading. The proof are the chained rows of the action `access`.
create table yutu.access_day (
  day date not null,
  layer text not null,
  organisation text,
  actor text,
  via text not null,
  surface text not null,
  grants text[] not null default '{}',
  requests bigint not null,
  features bigint not null,
  bytes bigint not null,
  km2 double precision not null default 0,
  last_at timestamptz not null
);
create unique index access_day_key on yutu.access_day (layer, day, organisation, actor, via, surface, grants) nulls not distinct;

-- Use of each grant, by day. `changed_at` tells nodes what others wrote.
create table yutu.grant_use (
  grant_id text not null,
  day date not null,
  requests bigint not null,
  features bigint not null,
  km2 double precision not null default 0,
  last_at timestamptz not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (grant_id, day)
);
create index on yutu.grant_use (changed_at);

insert into yutu.access_day (day, layer, organisation, actor, via, surface, grants, requests, features, bytes, last_at)
select at::date, layer, organisation, actor, coalesce(detail->>'via', 'session'), detail->>'surface',
  coalesce((select array_agg(g order by g) from jsonb_array_elements_text(detail->'grants') g), '{}') as grants,
  sum((detail->>'requests')::bigint), sum((detail->>'features')::bigint), sum((detail->>'bytes')::bigint), max(at)
from yutu.audit where action = 'access' group by 1, 2, 3, 4, 5, 6, 7;

insert into yutu.grant_use (grant_id, day, requests, features, last_at)
select g, day, sum(requests), sum(features), max(last_at)
from yutu.access_day, unnest(grants) g group by 1, 2;

-- What each organisation drew of a layer on a day: compressed sets of feature ids and of tiles of zoom 14.
create table yutu.extraction (
  organisation text not null references yutu.organisation,
  layer text not null references yutu.layer on delete cascade,
  day date not null,
  ids bytea not null,
  cells bytea not null,
  primary key (organisation, layer, day)
);

-- The sum over the window of the layer's policy, and what follows from it. A stop stays until it is lifted.
create table yutu.extraction_state (
  organisation text not null references yutu.organisation,
  layer text not null references yutu.layer on delete cascade,
  level text not null default 'none' check (level in ('none', 'alarm', 'slow', 'stop')),
  rows bigint not null default 0,
  km2 double precision not null default 0,
  -- Share of the limit that is used, the larger of rows and area.
  share double precision not null default 0,
  reached_at timestamptz,
  -- What had been drawn when it was lifted last does not count again while the window holds it.
  lifted_at timestamptz,
  lifted_by text,
  lifted_rows bigint not null default 0,
  lifted_km2 double precision not null default 0,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (organisation, layer)
);
create index on yutu.extraction_state (changed_at);
