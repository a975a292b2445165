-- What one administrator does to an account takes effect once another has confirmed it; links reach the person by mail, or on a sheet.

alter table yutu.account
  -- null: nobody has confirmed it. Such an account is nobody's on every surface.
  add column confirmed_at timestamptz,
  -- Where its links go.
  add column mail text;
-- What there was before counts as confirmed.
update yutu.account set confirmed_at = created_at;

-- What waits for a second person: one of a kind for an account, the newest. The id is that of what a confirmer has read.
create table yutu.account_change (
  id uuid primary key,
  username text not null references yutu.account on delete cascade,
  kind text not null check (kind in ('create', 'roles', 'move', 'mail', 'reset_password', 'reset_factor')),
  roles text[],
  organisation text references yutu.organisation,
  mail text,
  made_by text not null,
  -- As what it was made: machine is the command line, service the sign-in service.
  office text not null check (office in ('admin', 'security', 'org_admin', 'machine', 'service')),
  made_at timestamptz not null default clock_timestamp(), -- several of one transaction keep their order
  unique (username, kind)
);

-- Mail on its way. What it says is sealed (server/src/identity/vault.ts) and erased once it is delivered or given up.
create table yutu.outbox (
  id uuid primary key,
  -- Whom it concerns.
  username text references yutu.account on delete cascade,
  address text not null,
  sealed text,
  made_at timestamptz not null default now(),
  expires_at timestamptz not null,
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  delivered_at timestamptz,
  -- Given up: refused for good, or its time was over.
  dead_at timestamptz,
  fault text
);
create index on yutu.outbox (next_at) where delivered_at is null and dead_at is null;
create index on yutu.outbox (username);
