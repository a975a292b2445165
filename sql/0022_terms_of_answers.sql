-- One extension of the time to answer a request: asked for by the owner, agreed to by the data authority, told to the applicant.
create table yutu.request_extension (
  request uuid primary key references yutu.request on delete cascade,
  days integer not null check (days between 1 and 10),
  reason text not null,
  asked_by text not null,
  asked_at timestamptz not null default now(),
  -- null: waits for the data authority.
  agreed boolean,
  answered_by text,
  answered_at timestamptz,
  answer text
);
create index on yutu.request_extension (asked_at) where agreed is null;

-- What kind of rule withholds a layer: nothing else may. Layers from before name theirs when they are registered anew.
alter table yutu.layer add column ground_kind text check (ground_kind in ('law', 'regulation', 'state_council'));
