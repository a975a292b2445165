-- Drafts: somebody's own small files on the map, for a day, seen by nobody else.

create table yutu.draft (
  id uuid primary key,
  owner text not null references yutu.account (username) on delete cascade,
  title text not null,
  features integer not null,
  extent double precision[] not null, -- west, south, east, north in degrees
  body bytea not null, -- GeoJSON, gzip
  expires_at timestamptz not null
);
create index draft_owner on yutu.draft (owner, expires_at);
create index draft_expiry on yutu.draft (expires_at);
