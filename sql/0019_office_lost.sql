-- What was made in an office ends when the person leaves it, and stays ended when they return: the security stamp rises too when the account
-- has another organisation or loses a role. Sessions go with the person as long as the password does: they are put under the new stamp.
create or replace function yutu.renew_security_stamp() returns trigger language plpgsql as $$
begin
  new.security_stamp := old.security_stamp + 1;
  if old.password_hash is not distinct from new.password_hash and old.disabled = new.disabled then
    update yutu.session set stamp = new.security_stamp where username = old.username and stamp = old.security_stamp;
  end if;
  return new;
end $$;
drop trigger credentials_end on yutu.account;
create trigger credentials_end before update on yutu.account for each row
  when (old.password_hash is distinct from new.password_hash or old.disabled is distinct from new.disabled
    or old.organisation is distinct from new.organisation or not old.roles <@ new.roles)
  execute function yutu.renew_security_stamp();

-- What waits for its person to return at this moment has ended, too.
update yutu.api_key c set stamp = -1 from yutu.account a where a.username = c.holder
  and (a.organisation <> c.organisation or (c.layers is null and not a.roles && '{steward,org_admin}'));
update yutu.certificate c set stamp = -1 from yutu.account a where a.username = c.holder
  and (a.organisation <> c.organisation or not a.roles && '{steward,org_admin}');
update yutu.embed c set stamp = -1 from yutu.account a where a.username = c.holder and a.organisation <> c.organisation;
update yutu.signed_address c set stamp = -1 from yutu.account a where a.username = c.holder and a.organisation <> c.organisation;
