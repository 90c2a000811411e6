-- A native app asks by its code.
create index session_exchange_code on session_exchange (nid, init_code);
