-- A reference to the tenant locks the tenant's row for every row that is written: on a busy server, all the time and always the same row.
-- The tenant of what is written here is the one that the server runs as, which exists.
alter table event drop constraint event_nid_fkey;
alter table flow drop constraint flow_nid_fkey;
alter table flow_error drop constraint flow_error_nid_fkey;
alter table continuity drop constraint continuity_nid_fkey;
alter table session_exchange drop constraint session_exchange_nid_fkey;
alter table throttle drop constraint throttle_nid_fkey;
alter table message drop constraint message_nid_fkey;

-- Most flows are written once and changed once: with room beside it the new version stays on its page, and no index has to learn of it.
alter table flow set (fillfactor = 50);
alter table throttle set (fillfactor = 50);
