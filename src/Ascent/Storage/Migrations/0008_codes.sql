-- What was mailed to somebody: six digits to type or a link's token, each good for one flow, once.
-- hash: an HMAC bound to the flow. address: as it was looked up; identity_id: whose it is, null where nobody has the address.
create table code (
    nid {uuid} not null,
    id {uuid} not null,
    flow_id {uuid} not null,
    hash text not null,
    via text not null,
    address text not null,
    identity_id {uuid},
    issued_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    primary key (nid, id),
    foreign key (nid, flow_id) references flow (nid, id) on delete cascade
);
create index code_flow on code (nid, flow_id);
