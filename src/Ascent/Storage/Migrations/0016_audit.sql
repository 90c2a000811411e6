-- A column that may be null is only noted in the catalogue, whatever the table's size; a program of before goes on to write without it.
alter table event add column user_agent text;

-- Who was deleted before this left addresses behind. One pass over the events; only rows of the deleted are written.
update event set address = null
where address is not null and identity_id is not null
    and not exists (select 1 from identity where identity.nid = event.nid and identity.id = event.identity_id);
