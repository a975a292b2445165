-- A preview belongs to the session that opened it, and ends with it: the account's other sessions look for themselves.
delete from yutu.preview;
alter table yutu.preview add column session text not null references yutu.session (hash) on delete cascade;
create index on yutu.preview (session);
