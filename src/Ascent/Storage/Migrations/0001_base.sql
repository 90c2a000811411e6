create table tenant (
    id {uuid} not null primary key,
    name text not null,
    created_at bigint not null
);
create unique index tenant_name on tenant (name);

-- What happened, written in the transaction that made it happen.
create table event (
    nid {uuid} not null references tenant (id),
    id {uuid} not null,
    at bigint not null,
    type text not null,
    actor text not null,
    identity_id {uuid},
    session_id {uuid},
    address text,
    data text not null,
    primary key (nid, id)
);
create index event_identity on event (nid, identity_id, id);
