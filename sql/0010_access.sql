-- The same geometry as before at a fraction of the cost: a coarse view asks for that of every feature of its layer. The middle and its
-- cell are reckoned once, without calling functions that PostgreSQL cannot inline.

-- A geometry in longitude and latitude (EPSG:4326), no finer than `metres`.
--   kind: grid (vertices on corners of cells; what would vanish becomes its cell), cell (the cell), point (the cell's middle)
create or replace function yutu.coarse(lonlat geometry, kind text, metres double precision) returns geometry
  language plpgsql immutable parallel safe as $$
declare
  dimension integer;
  middle geometry;
  side double precision;
  west double precision;
  south double precision;
  cell geometry;
  snapped geometry;
begin
  if lonlat is null or st_isempty(lonlat) then return lonlat; end if;
  dimension := st_dimension(lonlat);
  middle := st_centroid(lonlat);
  side := 40075016.685578488 / 2.0 ^ greatest(0, floor(ln(40075016.685578488 * cos(radians(least(85, abs(st_y(middle))))) / metres) / ln(2.0)));
  middle := st_transform(middle, 3857);
  west := floor(st_x(middle) / side);
  south := floor(st_y(middle) / side);
  cell := st_makeenvelope(west * side, south * side, (west + 1) * side, (south + 1) * side, 3857);
  if kind = 'point' or (kind = 'cell' and dimension < 2) or dimension = 0 then
    return st_transform(st_centroid(cell), 4326);
  end if;
  if kind = 'cell' then return st_multi(st_transform(cell, 4326)); end if;
  snapped := st_snaptogrid(st_transform(lonlat, 3857), 0, 0, side, side);
  if dimension = 2 then
    snapped := st_collectionextract(st_makevalid(snapped), 3);
    if st_isempty(snapped) then snapped := cell; end if;
  elsif snapped is null or st_isempty(snapped) then
    snapped := st_exteriorring(cell);
  end if;
  return st_multi(st_transform(snapped, 4326));
end $$;
