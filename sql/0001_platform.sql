-- The platform's own tables. Layers' features live in their owners' schemas, one table each (see server/src/store).

-- Settings of this instance: brand, themes, matters, reasons (one JSON value per key).
create table yutu.setting (
  key text primary key,
  value jsonb not null
);

create table yutu.organisation (
  id text primary key,
  kind text not null check (kind in ('city', 'authority', 'department', 'district')),
  parent text references yutu.organisation,
  title_zh text not null,
  title_en text not null,
  division text
);

create table yutu.account (
  username text primary key check (username ~ '^[a-z0-9][a-z0-9._-]{0,47}$'),
  name_zh text not null,
  name_en text not null,
  organisation text not null references yutu.organisation,
  roles text[] not null default '{planner}',
  password_hash text not null,
  -- Demonstration accounts cannot sign in unless the instance runs as a demonstration.
  demo boolean not null default false,
  disabled boolean not null default false,
  created_at timestamptz not null default now()
);

-- Sessions and keys are kept as hashes: who reads the database cannot use them.
create table yutu.session (
  hash text primary key,
  username text not null references yutu.account on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create table yutu.api_key (
  id uuid primary key,
  name text not null,
  prefix text not null,
  hash text not null unique,
  organisation text not null references yutu.organisation,
  created_by text not null,
  layers text[], -- scope; null: whatever the organisation may use
  created_at timestamptz not null default now(),
  until date,
  last_used timestamptz,
  revoked_at timestamptz
);

-- Working-day calendar: only days that differ from Monday–Friday.
create table yutu.calendar_day (
  date date primary key,
  kind text not null check (kind in ('holiday', 'workday')),
  name_zh text,
  name_en text
);

-- Divisions are dated data: `edition` names the version of the codes and outlines.
create table yutu.division (
  code text not null,
  edition text not null,
  name_zh text not null,
  name_en text,
  level text not null default 'district',
  geom geometry(MultiPolygon, 4490) not null,
  primary key (code, edition)
);
create index on yutu.division using gist (geom);

create table yutu.layer (
  id text primary key,
  position integer not null,
  title_zh text not null,
  title_en text not null,
  description_zh text not null default '',
  description_en text not null default '',
  kind text not null check (kind in ('base', 'thematic')),
  theme text not null,
  owner text not null references yutu.organisation,
  sharing_class text not null check (sharing_class in ('unconditional', 'conditional', 'withheld')),
  ground_zh text,
  ground_en text,
  disclosure text not null check (disclosure in ('proactive', 'on_request', 'none')),
  discoverable boolean not null default true,
  security_level text not null check (security_level in ('public', 'internal', 'sensitive')),
  update_frequency text not null,
  last_update date,
  geometry_type text not null check (geometry_type in ('point', 'line', 'polygon')),
  srid integer not null default 4490,
  approval_number text,
  schematic boolean not null default false,
  simulated boolean not null default false,
  source_note text,
  attribution text,
  search_fields text[] not null default '{}',
  style jsonb not null,
  zooms jsonb not null,
  policy jsonb not null,
  -- Where the features are, and which state of them: every committed change adds one to `version`.
  schema_name text not null,
  table_name text not null,
  version bigint not null default 0,
  feature_count bigint not null default 0,
  extent double precision[], -- lon/lat: west, south, east, north
  code_salt text not null, -- for de-identified codes; never leaves the server
  created_at timestamptz not null default now(),
  check (sharing_class <> 'withheld' or ground_zh is not null)
);

create table yutu.field (
  layer text not null references yutu.layer on delete cascade,
  position integer not null,
  name text not null,
  title_zh text not null,
  title_en text not null,
  type text not null,
  unit text,
  codes jsonb,
  sensitivity text not null,
  class text not null,
  forms text[] not null,
  primary key (layer, name)
);

-- Areas are frozen when they are asked for and when they are given: later changes of divisions do not move them.
create table yutu.area (
  id uuid primary key,
  hash text not null, -- of the geometry: equal hashes are equal areas
  divisions text[],
  division_edition text,
  name text,
  label_zh text not null,
  label_en text not null,
  area_km2 double precision not null,
  geom geometry(MultiPolygon, 4490) not null
);

create table yutu.request (
  id uuid primary key,
  number text not null unique,
  status text not null check (status in ('draft', 'submitted', 'correction', 'granted', 'narrower', 'refused', 'withdrawn')),
  layer text not null references yutu.layer,
  organisation text not null references yutu.organisation,
  applicant text not null references yutu.account,
  purpose text,
  matter text,
  necessity text,
  actions text[] not null default '{}',
  fields jsonb not null default '[]',
  area uuid references yutu.area,
  from_date date,
  until_date date,
  created_at timestamptz not null default now(),
  submitted_at timestamptz,
  due date,
  answer_days integer,
  -- A correction pauses the clock: the working days used before it are carried over.
  used_before integer not null default 0,
  clock_from date,
  decided_by text,
  decided_at timestamptz,
  reason_code text,
  reason text
);
create index on yutu.request (organisation);
create index on yutu.request (layer);

create table yutu.request_event (
  request uuid not null references yutu.request on delete cascade,
  at timestamptz not null default now(),
  by text not null,
  event text not null,
  text text
);
create index on yutu.request_event (request, at);

create table yutu.sharing_grant (
  id uuid primary key,
  layer text not null references yutu.layer,
  grantee text not null references yutu.organisation,
  request uuid references yutu.request,
  actions text[] not null,
  fields jsonb not null,
  rows jsonb, -- CQL2 JSON; null: every row
  rows_text text,
  area uuid references yutu.area,
  from_date date not null,
  until_date date not null,
  granted_by text not null,
  granted_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoked_by text,
  revoked_reason text,
  check (until_date >= from_date)
);
create index on yutu.sharing_grant (grantee);
create index on yutu.sharing_grant (layer);
-- One decision, one grant: a second steward deciding at the same moment finds the place taken.
create unique index on yutu.sharing_grant (request) where revoked_at is null;

-- The log. Each row's hash covers the row and the hash before it; `audit_head` is the lock that keeps the chain single.
create table yutu.audit (
  seq bigint primary key,
  at timestamptz not null,
  actor text,
  organisation text,
  action text not null,
  layer text,
  subject text,
  detail jsonb not null,
  algorithm text not null,
  prev text not null,
  hash text not null
);
create index on yutu.audit (layer, seq);
create index on yutu.audit (action, seq);

create table yutu.audit_head (
  one boolean primary key default true check (one),
  seq bigint not null,
  hash text not null
);
insert into yutu.audit_head (seq, hash) values (0, 'genesis');

-- Append-only: the log's own writer only inserts.
create function yutu.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the log is append-only';
end $$;
create trigger audit_append_only before update or delete or truncate on yutu.audit
  for each statement execute function yutu.refuse_change();
