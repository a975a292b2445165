-- Editing: every committed edit leaves a row in its organisation's schema, written in the transaction that makes the edit.

-- Makes the table of changes in a schema that holds layers, if it is not there yet. Called whenever a layer's table is made.
--   schema_name: the organisation's schema
create function yutu.make_change_table(schema_name text) returns void language plpgsql as $$
begin
  execute format(
    'create table if not exists %I.change (
       layer text not null,
       version bigint not null, -- the version of the layer that the change made
       fid bigint not null,
       op text not null check (op in (''create'', ''replace'', ''update'', ''delete'')),
       old jsonb, -- the row before, its geometry as EWKB in hex; null for a new feature
       old_box double precision[], -- west, south, east, north in degrees; null without geometry
       new_box double precision[],
       by text not null,
       at timestamptz not null default now(),
       primary key (layer, version, fid))',
    schema_name);
  execute format('create index if not exists change_layer_fid on %I.change (layer, fid, version)', schema_name);
end $$;

select yutu.make_change_table(s.schema_name) from (select distinct schema_name from yutu.layer) s;
