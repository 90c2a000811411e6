-- Keys that the server made to sign session tokens with, for templates without a key set of their own. number: who inserts it first
-- has made it, for all nodes. public_key: the JSON that is published; sealed: the whole key, encrypted under secrets.cipher.
-- A new table that the program before this one does not look at: it goes on beside.
create table session_key (
    nid {uuid} not null,
    number integer not null,
    public_key text not null,
    sealed text not null,
    created_at bigint not null,
    primary key (nid, number)
);

-- As in 0012: how selective its index is.
insert into sqlite_stat1 (tbl, idx, stat) values ('session_key', 'sqlite_autoindex_session_key_1', '1000000 1000000 1');
analyze sqlite_schema;
