-- A sign-in by passkey may bring the handle of a security key. Few credentials have one, so on a million rows this takes a scan and little
-- room; it locks the credentials against writes meanwhile. The program before this one does not look at it.
create index credential_user_handle on credential (nid, (cast(config as {json}) ->> 'user_handle'))
    where type = 'webauthn' and cast(config as {json}) ->> 'user_handle' is not null;
