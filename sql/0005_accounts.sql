-- Accounts as people and administrators handle them: lock-out, second factor, resets, delegation, sessions that can be told apart.

alter table yutu.account
  -- null: the person has not set a password yet (a reset link is on its way)
  alter column password_hash drop not null,
  add column password_changed_at timestamptz,
  add column last_sign_in timestamptz,
  -- Base32. `offered` is shown but not confirmed by a code yet; only a confirmed one is asked for.
  add column factor_offered text,
  add column factor_secret text,
  add column factor_confirmed_at timestamptz,
  -- The last time step whose code was taken: a code is good once.
  add column factor_step bigint not null default 0;

-- Each opens the account once when the second factor is lost.
create table yutu.recovery_code (
  hash text primary key,
  username text not null references yutu.account on delete cascade,
  used_at timestamptz
);
create index on yutu.recovery_code (username);

-- A session that still lacks its second factor is nobody's on every surface but the factor's own.
alter table yutu.session
  add column factor boolean not null default false,
  add column pending text check (pending in ('code', 'enrol')),
  add column wrong_codes integer not null default 0,
  add column address text,
  add column agent text;
create index on yutu.session (username);

-- Links by which a person sets a password, as hashes.
create table yutu.reset_link (
  hash text primary key,
  username text not null unique references yutu.account on delete cascade,
  made_by text not null,
  expires_at timestamptz not null
);

-- Wrong passwords and codes by name and address (address '': whatever the address). The name is hashed: what people type there may be
-- their password, and rows for names that do not exist look like all others.
create table yutu.sign_in_attempt (
  name text not null,
  address text not null,
  failures integer not null default 0,
  locks integer not null default 0,
  locked_until timestamptz,
  last_at timestamptz not null default now(),
  -- This address is known to the account: the slower limit over all addresses does not shut it out.
  succeeded_at timestamptz,
  primary key (name, address)
);
create index on yutu.sign_in_attempt (last_at);

-- A steward's colleague acts in the steward's place from one moment to another.
create table yutu.delegation (
  id uuid primary key,
  steward text not null references yutu.account on delete cascade,
  delegate text not null references yutu.account on delete cascade,
  from_date date not null,
  until_date date not null,
  -- The same in moments: the instance's zone was asked when it was made.
  from_at timestamptz not null,
  until_at timestamptz not null,
  made_at timestamptz not null default now(),
  ended_at timestamptz,
  check (from_at < until_at),
  check (steward <> delegate)
);
create index on yutu.delegation (delegate);
create index on yutu.delegation (steward);
