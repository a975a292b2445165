-- A delegation ends when the steward leaves the organisation or the role, the colleague leaves the organisation, or either is disabled; it does
-- not begin again when they come back.
create function yutu.end_delegations() returns trigger language plpgsql as $$
begin
  update yutu.delegation set ended_at = now() where ended_at is null and until_at > now()
    and (steward = new.username or (delegate = new.username and (new.disabled or old.organisation <> new.organisation)));
  return new;
end $$;
create trigger delegations_end after update on yutu.account for each row
  when ((new.disabled and not old.disabled) or old.organisation <> new.organisation
    or ('steward' = any(old.roles) and not 'steward' = any(new.roles)))
  execute function yutu.end_delegations();
update yutu.delegation d set ended_at = now() from yutu.account s, yutu.account c
  where s.username = d.steward and c.username = d.delegate and d.ended_at is null and d.until_at > now()
    and (s.disabled or c.disabled or s.organisation <> c.organisation or not 'steward' = any(s.roles));
