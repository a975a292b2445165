import { createHash, randomUUID } from 'node:crypto';
import { seeded } from '../statistics.js';

/** A platform with many layers, roles, organisations and grants: rows of the platform's own tables, and small tables for the layers. */

export const ROLES = 50;
export const ORGANISATIONS = 81;
const FEATURES = 20;
const FIELDS = ['name', 'kind', 'size', 'holder', 'surveyed', 'note'];
const CENTRE = [106.55, 29.56];

export const organisation = (n) => `org${n}`;
const role = (n) => `role${n}`;
/** The name of the person who has a role: each is of another organisation. */
export const person = (n) => `person${n}`;
const secretOf = (name) => createHash('sha256').update(`session of ${name}`).digest('hex');
export const cookieOf = (name) => ({ cookie: `yutu_session=${secretOf(name)}` });

/**
 * Writes layers and grants into an instance's database, in one transaction. Of the layers a tenth are open, the others closed; of the grants every
 * fourth has rows, every fifth an area, every seventh a precision, half a choice of fields.
 */
export async function writeSharing(client, layers, grants) {
  await client.query('begin');
  const json = (rows) => JSON.stringify(rows);
  const people = Array.from({ length: ROLES }, (_, n) => ({
    username: person(n),
    organisation: organisation(n),
    roles: ['planner', role(n), role((n + 7) % ROLES)],
    hash: `sha256:${createHash('sha256')
      .update(secretOf(person(n)))
      .digest('hex')}`,
  }));
  await client.query(
    `insert into yutu.organisation (id, kind, title_zh, title_en, line)
     select 'org' || n, 'department', 'org' || n, 'org' || n, 'line' || n % 9 from generate_series(0, ${ORGANISATIONS - 1}) n`,
  );
  await client.query(
    `insert into yutu.account (username, name_zh, name_en, organisation, roles, password_hash, confirmed_at)
     select username, username, username, organisation, roles, 'none', now() from jsonb_to_recordset($1::jsonb) as p(username text, organisation text, roles text[])`,
    [json(people)],
  );
  await client.query(
    `insert into yutu.session (hash, username, expires_at)
     select hash, username, now() + interval '1 day' from jsonb_to_recordset($1::jsonb) as p(username text, hash text)`,
    [json(people)],
  );
  const areas = Array.from({ length: 37 }, (_, n) => {
    const [w, s] = [CENTRE[0] + (n % 6) * 0.03 - 0.1, CENTRE[1] + Math.floor(n / 6) * 0.03 - 0.1];
    return {
      id: randomUUID(),
      wkt: `MULTIPOLYGON(((${w} ${s},${w + 0.04} ${s},${w + 0.04} ${s + 0.04},${w} ${s + 0.04},${w} ${s})))`,
    };
  });
  await client.query(
    `insert into yutu.area (id, hash, label_zh, label_en, area_km2, geom)
     select a.id, md5(a.wkt), 'area', 'area', 16, st_geomfromtext(a.wkt, 4490) from jsonb_to_recordset($1::jsonb) as a(id uuid, wkt text)`,
    [json(areas)],
  );
  await client.query('create schema org_many');
  await client.query(
    `insert into yutu.layer (id, position, title_zh, title_en, kind, theme, owner, sharing_class, disclosure, discoverable, security_level,
       update_frequency, geometry_type, style, zooms, policy, schema_name, table_name, version, code_salt, feature_count, extent)
     select 'layer' || n, n, 'layer' || n, 'layer' || n, 'thematic', 'test', 'org' || n % ${ORGANISATIONS}, 'conditional',
       case when n % 10 = 0 then 'proactive' else 'on_request' end, n % 13 <> 0, 'public', 'yearly', 'point',
       '{"role":"thematic","type":"single","color":"cat-1"}', '{"min":0,"max":16}',
       '{"actions":["view","query","api"],"maxMonths":12,"answerDays":10,"letterRequired":false,"conditionZh":null,"conditionEn":null}',
       'org_many', 'layer' || n, 1, md5('salt' || n), ${FEATURES}, '{106.4,29.4,106.7,29.7}'
     from generate_series(1, ${layers}) n`,
  );
  await client.query(
    `insert into yutu.field (layer, position, name, title_zh, title_en, type, sensitivity, class, forms)
     select 'layer' || n, f.i, f.name, f.name, f.name, 'text', case when f.name = 'holder' then 'personal' else 'public' end, 'unconditional',
       case when f.name = 'holder' then '{code,value}'::text[] else '{value}' end
     from generate_series(1, ${layers}) n, unnest($1::text[]) with ordinality as f(name, i)`,
    [FIELDS],
  );
  await client.query(`do $$ begin for n in 1..${layers} loop execute format(
    'create table org_many.%I as select i::bigint as fid, st_setsrid(st_point(106.4 + 0.015 * i, 29.4 + 0.015 * i), 4490)::geometry(Point, 4490) as geom,
       %L || i as name, chr((97 + i %% 5)::int) as kind, i::text as size, i::text as holder, i::text as surveyed, i::text as note
     from generate_series(1, ${FEATURES}) i', 'layer' || n, 'place'); end loop; end $$`);
  await writeGrants(
    client,
    layers,
    grants,
    areas.map(({ id }) => id),
  );
  await client.query('commit');
}

async function writeGrants(client, layers, grants, areas) {
  const random = seeded(4);
  const pick = (n) => Math.floor(random() * n);
  const subject = (n) => {
    if (n % 3 === 0) return { kind: 'role', subject: role(pick(ROLES)) };
    if (n % 3 === 1) return { kind: 'organisation', subject: organisation(pick(ORGANISATIONS)) };
    return n % 2 === 0 ? { kind: 'line', subject: `line${pick(9)}` } : { kind: 'person', subject: person(pick(ROLES)) };
  };
  const rows = Array.from({ length: grants }, (_, n) => ({
    id: randomUUID(),
    layer: `layer${1 + pick(layers)}`,
    ...subject(n),
    fields:
      n % 2 === 0
        ? null
        : FIELDS.filter(() => random() < 0.6).map((name) => ({ name, form: name === 'holder' ? 'code' : 'value' })),
    rows: n % 4 === 0 ? { op: '=', args: [{ property: 'kind' }, 'abcde'[pick(5)]] } : null,
    area: n % 5 === 0 ? areas[pick(areas.length)] : null,
    precision: n % 7 === 0 ? { kind: 'grid', metres: 100 } : null,
  }));
  await client.query(
    `insert into yutu.sharing_grant (id, layer, actions, fields, rows, area, from_date, until_date, granted_by, subject_kind, subject, precision)
     select g.id, g.layer, '{view,query,api}', nullif(g.fields, 'null'), nullif(g.rows, 'null'), g.area, current_date - 9, current_date + 90, 'bench',
       g.kind, g.subject, nullif(g.precision, 'null')
     from jsonb_to_recordset($1::jsonb) as g(id uuid, layer text, kind text, subject text, fields jsonb, rows jsonb, area uuid, precision jsonb)`,
    [JSON.stringify(rows)],
  );
}
