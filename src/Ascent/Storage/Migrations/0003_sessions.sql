-- token_key: the first 16 bytes of the token's SHA-256, kept as a uuid for its size; the token itself is nowhere.
-- methods and devices are the JSON that is shown, so that one row answers whoami. used_at moves at most once a minute, and only
-- where something asks for it.
create table session (
    nid {uuid} not null,
    token_key {uuid} not null,
    id {uuid} not null,
    identity_id {uuid} not null,
    active boolean not null,
    aal text not null,
    methods text not null,
    devices text not null,
    authenticated_at bigint not null,
    issued_at bigint not null,
    expires_at bigint not null,
    used_at bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (nid, id),
    foreign key (nid, identity_id) references identity (nid, id) on delete cascade
);
create unique index session_token on session (nid, token_key);
create index session_identity on session (nid, identity_id, created_at);
create index session_expiry on session (nid, expires_at);

-- Tokens that a rotation replaced, good for a short while for requests that were under way.
create table session_retired_token (
    nid {uuid} not null,
    token_key {uuid} not null,
    session_id {uuid} not null,
    until bigint not null,
    primary key (nid, token_key),
    foreign key (nid, session_id) references session (nid, id) on delete cascade
);
create index session_retired_token_session on session_retired_token (nid, session_id);
