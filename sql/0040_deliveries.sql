-- A delivery that takes the place of a layer's features keeps the ids of those that it names again.
alter table yutu.layer
  -- The field whose value names a feature across deliveries. null: none is declared.
  add column key_field text,
  -- The highest id that a delivery gave; single edits give higher ones. No id is used twice, also none of a feature that is gone.
  add column last_fid bigint not null default 0;
