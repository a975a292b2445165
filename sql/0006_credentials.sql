-- Credentials of systems: what keys may do, how often and from where; certificates; addresses signed for other sites; sign-in elsewhere.

alter table yutu.api_key
  add column actions text[], -- what it may be used for; null: whatever the organisation may do
  add column networks text[], -- CIDR; null: from anywhere
  add column quota integer check (quota > 0), -- requests a day in the instance's zone; null: unlimited
  -- The secret before the last rotation: good until the overlap is over.
  add column previous_hash text unique,
  add column previous_until timestamptz;
-- Every key has an end.
update yutu.api_key set until = current_date + 365 where until is null;
alter table yutu.api_key alter column until set not null;

-- Requests of a day, of keys and certificates.
create table yutu.key_use (
  key uuid not null,
  day date not null,
  requests bigint not null,
  primary key (key, day)
);

-- Client certificates of department systems: each named by its fingerprint or by its subject.
create table yutu.certificate (
  id uuid primary key,
  name text not null,
  organisation text not null references yutu.organisation,
  fingerprint text, -- 'sha256:' and hex digits
  subject text,
  layers text[],
  actions text[],
  quota integer check (quota > 0),
  created_by text not null,
  created_at timestamptz not null default now(),
  until date not null,
  last_used timestamptz,
  revoked_at timestamptz,
  check ((fingerprint is null) <> (subject is null))
);
create unique index on yutu.certificate (fingerprint) where revoked_at is null;
create unique index on yutu.certificate (subject) where revoked_at is null;

-- Tiles shown on other sites. The address itself is signed and not kept; without its row it is dead.
create table yutu.embed (
  id uuid primary key,
  layer text not null references yutu.layer on delete cascade,
  organisation text not null references yutu.organisation,
  created_by text not null,
  origins text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index on yutu.embed (organisation);

-- Whom a sign-in service knows under which subject.
create table yutu.federated (
  issuer text not null,
  subject text not null,
  username text not null unique references yutu.account on delete cascade,
  primary key (issuer, subject)
);

-- Sign-ins under way at that service: each is taken once, by the browser that began it.
create table yutu.sign_in (
  hash text primary key,
  state text not null,
  nonce text not null,
  verifier text not null,
  return_path text not null,
  expires_at timestamptz not null
);
