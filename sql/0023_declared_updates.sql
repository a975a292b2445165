-- An update is what the owner's steward declares; edits are shown beside it and make no stale layer fresh.
alter table yutu.layer
  -- How `last_update` was declared: a delivery, or that nothing has changed. null: by the layer's definition.
  add column last_update_kind text check (last_update_kind in ('delivery', 'no_change')),
  -- The day of the last single edit.
  add column last_edit date;
