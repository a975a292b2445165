-- An emergency is opened by somebody on duty and ends by itself unless a second person confirms it in time. Those that were given before this
-- rule go on as they were.
alter table yutu.agreement
  add column confirm_by timestamptz, -- null: needs no confirmation
  add column confirmed_by text,
  add column confirmed_at timestamptz;
-- Beside its last day a grant may have an instant at which it ends: that of an emergency nobody has confirmed yet.
alter table yutu.sharing_grant add column ends_at timestamptz;
