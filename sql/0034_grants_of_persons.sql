-- A grant to a person is to them in their office: it ends when they leave the organisation, and stays ended when they return.
alter table yutu.sharing_grant add column moved_at timestamptz;

create function yutu.end_personal_grants() returns trigger language plpgsql as $$
declare
  ended text;
begin
  for ended in
    update yutu.sharing_grant set moved_at = now() where subject_kind = 'person' and subject = new.username
      and grantee is distinct from new.organisation and revoked_at is null and moved_at is null returning layer
  loop
    -- Every node reads the grants anew.
    perform pg_notify('yutu', json_build_object('kind', 'grants', 'layer', ended, 'organisations',
      json_build_array(old.organisation, new.organisation))::text);
  end loop;
  return null;
end $$;
create trigger personal_grants_end after update on yutu.account for each row
  when (old.organisation is distinct from new.organisation) execute function yutu.end_personal_grants();

update yutu.sharing_grant g set moved_at = now() from yutu.account a
  where g.subject_kind = 'person' and a.username = g.subject and g.grantee is distinct from a.organisation
    and g.revoked_at is null;
