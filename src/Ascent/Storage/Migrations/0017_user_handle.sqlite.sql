-- A sign-in by passkey may bring the handle of a security key. Few credentials have one, so on a million rows this takes a scan and little
-- room. The program before this one does not look at it.
create index credential_user_handle on credential (nid, cast(config as {json}) ->> 'user_handle')
    where type = 'webauthn' and cast(config as {json}) ->> 'user_handle' is not null;

-- As in 0012: how selective it is.
insert into sqlite_stat1 (tbl, idx, stat) values ('credential', 'credential_user_handle', '1000000 1000000 2');
analyze sqlite_schema;
