-- Fields whose names PostgreSQL had cut get the columns that the server now gives to such names (catalogue/column.ts), in the tables and in
-- the rows kept before edits.
do $$
declare
  f record;
begin
  for f in
    select l.id as layer, l.schema_name, l.table_name, d.name::name as cut,
      'f_' || left(encode(sha256(convert_to(d.name, 'UTF8')), 'hex'), 20) as made
    from yutu.field d join yutu.layer l on l.id = d.layer
    where octet_length(d.name) > 63 or d.name ~ '^f_[0-9a-f]{20}$'
  loop
    execute format('alter table %I.%I rename column %I to %I', f.schema_name, f.table_name, f.cut, f.made);
    execute format('update %I.change set old = old - %L || jsonb_build_object(%L, old -> %L) where layer = %L and old ? %L',
      f.schema_name, f.cut, f.made, f.cut, f.layer, f.cut);
  end loop;
end
$$;
