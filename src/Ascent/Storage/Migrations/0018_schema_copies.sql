-- What the addresses of identity schemas answered last, so that a host that is away keeps no server from starting.
-- A new table: programs of before know nothing of it and go on beside it. url_hash: SHA-256, since an address may hold a secret.
create table schema_copy (
    nid {uuid} not null,
    url_hash text not null,
    content text not null,
    fetched_at bigint not null,
    primary key (nid, url_hash)
);
