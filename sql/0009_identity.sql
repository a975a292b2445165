-- Identity: resets of second factors that end with a link, sessions at a sign-in service that can be ended there.

-- The secrets of second factors are sealed from here on (server/src/identity/vault.ts): `aes-256-gcm:<key>:<sealed>`.
alter table yutu.account
  -- The last reset by an administrator: the person is told.
  add column factor_reset_at timestamptz,
  add column factor_reset_by text,
  -- While there is a link, only who holds it sets up the next factor.
  add column factor_link_hash text,
  add column factor_link_until timestamptz;

alter table yutu.session
  drop constraint session_pending_check,
  add check (pending in ('code', 'enrol', 'renew')),
  -- The ID token of a sign-in elsewhere, sealed: the provider wants it when the person signs out.
  add column id_token text;
