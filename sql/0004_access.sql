-- Grants beyond "one organisation, some fields, an area": whom they address, how exactly they show, how much they give, and what
-- they were made together with.

-- A line of bureaus: organisations of all districts that do the same work have the same line.
alter table yutu.organisation add column line text;

-- What stands in for a field's value in the form `masked`.
alter table yutu.field add column mask jsonb;

-- An owner cannot withhold alone: the class counts once the data authority has confirmed it.
alter table yutu.layer add column withheld_confirmed_by text;
alter table yutu.layer add column withheld_confirmed_at timestamptz;

-- Grants made together: a library, a package for a theme, a standing pair, an emergency.
create table yutu.agreement (
  id uuid primary key,
  kind text not null check (kind in ('base', 'theme', 'pair', 'emergency')),
  title text not null,
  reason text not null,
  party_a text not null references yutu.organisation, -- who made it
  party_b text references yutu.organisation, -- the other side of a pair
  made_by text not null,
  made_at timestamptz not null default now(),
  -- A pair is in force once the other side has signed, too.
  signed_by text,
  signed_at timestamptz,
  ended_at timestamptz,
  -- An emergency is looked at afterwards.
  review_due date,
  reviewed_by text,
  reviewed_at timestamptz,
  review text,
  check (kind <> 'pair' or party_b is not null),
  check (kind <> 'emergency' or review_due is not null)
);

alter table yutu.sharing_grant alter column grantee drop not null;
alter table yutu.sharing_grant alter column fields drop not null; -- null: every field in the form it offers first
alter table yutu.sharing_grant
  add column subject_kind text not null default 'organisation'
    check (subject_kind in ('public', 'any_organisation', 'organisation', 'subtree', 'line', 'role', 'person', 'key')),
  add column subject text, -- null: public, any organisation
  add column jurisdiction text, -- edition of the divisions: each organisation gets its own division's area
  add column max_zoom smallint check (max_zoom between 0 and 22),
  add column precision jsonb, -- {kind: grid | cell | point, metres}
  add column quota jsonb,
  add column kind text not null default 'single' check (kind in ('single', 'base', 'theme', 'pair', 'emergency')),
  add column agreement uuid references yutu.agreement,
  add column active boolean not null default true, -- false: waits for the other side's signature
  add column purpose text;
update yutu.sharing_grant set subject = grantee;
alter table yutu.sharing_grant add check ((subject is null) = (subject_kind in ('public', 'any_organisation')));
alter table yutu.sharing_grant add check (area is null or jurisdiction is null);
create index on yutu.sharing_grant (subject_kind, subject);
create index on yutu.sharing_grant (agreement);

-- An owner's steward looks as somebody else would, for an hour.
create table yutu.preview (
  hash text primary key,
  by text not null references yutu.account (username) on delete cascade,
  layer text not null references yutu.layer on delete cascade,
  subject jsonb not null, -- whom it shows the layer as
  draft jsonb, -- a grant that is not given yet
  expires_at timestamptz not null
);

-- How exactly a geometry may be shown. Cells are those of Web Mercator's quad tree that measure `metres` or more on the ground (and
-- less than twice that) where the geometry's middle lies, so that they fit tiles and each other.

-- Side of the cells at a latitude, in metres of Web Mercator.
create function yutu.cell_side(lat double precision, metres double precision) returns double precision
  language sql immutable parallel safe as $$
  select 40075016.685578488 / 2.0 ^ greatest(0, floor(ln(40075016.685578488 * cos(radians(least(85, abs(lat)))) / metres) / ln(2.0)))
$$;

-- The cell that holds the middle of a geometry in longitude and latitude, as a polygon; in EPSG:3857.
create function yutu.cell_of(lonlat geometry, metres double precision) returns geometry language sql immutable parallel safe as $$
  select st_makeenvelope(floor(st_x(p) / c) * c, floor(st_y(p) / c) * c, (floor(st_x(p) / c) + 1) * c, (floor(st_y(p) / c) + 1) * c, 3857)
  from (select st_transform(m, 3857) as p, yutu.cell_side(st_y(m), metres) as c
        from (select case when st_isempty(lonlat) then null else st_centroid(lonlat) end as m) a) b
$$;

-- A geometry in longitude and latitude (EPSG:4326), no finer than `metres`.
--   kind: grid (vertices on corners of cells; what would vanish becomes its cell), cell (the cell), point (the cell's middle)
create function yutu.coarse(lonlat geometry, kind text, metres double precision) returns geometry
  language plpgsql immutable parallel safe as $$
declare
  snapped geometry;
  cell geometry;
  side double precision;
begin
  if lonlat is null or st_isempty(lonlat) then return lonlat; end if;
  cell := yutu.cell_of(lonlat, metres);
  if kind = 'point' or (kind = 'cell' and st_dimension(lonlat) < 2) or st_dimension(lonlat) = 0 then
    return st_transform(st_centroid(cell), 4326);
  end if;
  if kind = 'cell' then return st_multi(st_transform(cell, 4326)); end if;
  side := yutu.cell_side(st_y(st_centroid(lonlat)), metres);
  snapped := st_snaptogrid(st_transform(lonlat, 3857), 0, 0, side, side);
  if st_dimension(lonlat) = 2 then
    snapped := st_collectionextract(st_makevalid(snapped), 3);
    if st_isempty(snapped) then snapped := cell; end if;
  elsif snapped is null or st_isempty(snapped) then
    snapped := st_exteriorring(cell);
  end if;
  return st_multi(st_transform(snapped, 4326));
end $$;
