-- Credentials that end with what they came from: each names the person who answers for it and the state of that person's account when
-- it was made (server/src/identity/standing.ts judges it on every use).

-- Rises whenever all that the person holds must end: the security stamp. A credential of an older stamp is dead.
alter table yutu.account add column security_stamp integer not null default 0;

-- An account of a sign-in service has no local password.
update yutu.account set password_hash = null where username in (select username from yutu.federated);

-- By whatever way the account is changed: no path can forget it.
create function yutu.renew_security_stamp() returns trigger language plpgsql as $$
begin
  new.security_stamp := old.security_stamp + 1;
  return new;
end $$;
create trigger credentials_end before update on yutu.account for each row
  when (old.password_hash is distinct from new.password_hash or old.disabled is distinct from new.disabled)
  execute function yutu.renew_security_stamp();

alter table yutu.session add column stamp integer not null default 0;
alter table yutu.preview add column stamp integer not null default 0;

-- The holder answers for it: its maker, until somebody else took it over. Null: nobody does, and it opens nothing.
-- `offered_to`: whom the holder or the organisation's administrator asked to take it over.
alter table yutu.api_key
  add column holder text references yutu.account on delete set null,
  add column stamp integer not null default 0,
  add column offered_to text references yutu.account on delete set null,
  add column offered_at timestamptz;
alter table yutu.certificate
  add column holder text references yutu.account on delete set null,
  add column stamp integer not null default 0,
  add column offered_to text references yutu.account on delete set null,
  add column offered_at timestamptz;
alter table yutu.embed
  add column holder text references yutu.account on delete set null,
  add column stamp integer not null default 0,
  add column offered_to text references yutu.account on delete set null,
  add column offered_at timestamptz;
update yutu.api_key k set holder = a.username from yutu.account a where a.username = k.created_by;
update yutu.certificate c set holder = a.username from yutu.account a where a.username = c.created_by;
update yutu.embed e set holder = a.username from yutu.account a where a.username = e.created_by;
create index on yutu.api_key (holder);
create index on yutu.certificate (holder);

-- Addresses of tiles, signed for some hours. The address itself is not kept; without its row it is dead.
create table yutu.signed_address (
  id uuid primary key,
  layer text not null references yutu.layer on delete cascade,
  organisation text not null references yutu.organisation,
  created_by text not null, -- as the log names it: a person, a key or a certificate
  credential uuid, -- the key or certificate that asked for it; null: the person did
  holder text references yutu.account on delete cascade,
  stamp integer not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index on yutu.signed_address (organisation);
create index on yutu.signed_address (layer);
create index on yutu.signed_address (credential);
